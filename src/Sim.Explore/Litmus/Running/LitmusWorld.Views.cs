using Sim.Explore.Litmus.Programs;
using Sim.Machine.Memory.Views;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Explore.Litmus.Running;

/// <summary>What memory with views is told of a litmus test, and what it tells.</summary>
internal sealed partial class LitmusWorld
{
    /// <summary>Whether the machine has views, and so can tell executions apart.</summary>
    internal bool HasViews => Views is not null;

    /// <summary>
    /// What tells executions apart under a model with views: who read from whom, and in which order writes reached memory.
    /// </summary>
    internal ulong Execution
    {
        get
        {
            ulong hash = 47;
            foreach (Ghost<long> executed in _executed)
            {
                hash = StateHash.Mix(hash, (ulong)executed.Peek);
            }

            foreach (Shared<long> word in _words)
            {
                hash = StateHash.Mix(hash, Views!.OrderOf(word));
            }

            return hash;
        }
    }

    private ViewMemory? Views => Machine.Views;

    /// <summary>Tells memory with views what an access is computed from.</summary>
    private void Depend(Cpu cpu, int at, Instruction instruction)
    {
        if (Views is not null)
        {
            ulong address = AddressOf(instruction) is { } computed ? Registers(computed) : 0;
            ulong value = instruction is Store store ? Registers(store.Value) : instruction is Rmw rmw ? Registers(rmw.Operand) : 0;
            Views.Depend(cpu.Fiber.Index, at, address, address | value);
        }
    }

    /// <summary>Tells memory with views which register the newest load went to, and notes which write it found.</summary>
    private void Keep(Cpu cpu, int thread, Instruction instruction)
    {
        if (Views is null || instruction is Store or Unlock)
        {
            return;
        }

        int register = instruction is Load load ? load.Register : instruction is Rmw rmw ? rmw.Register : -1;
        if (register >= 0)
        {
            Views.Assign(cpu.Fiber.Index, register, null);
        }

        _executed[thread].Note((long)StateHash.Mix((ulong)_executed[thread].Peek, Views.NewestRead(cpu.Fiber.Index)));
    }

    /// <summary>The registers that an expression is computed from, as a bit mask.</summary>
    private static ulong Registers(Expression expression)
    {
        Span<ulong> bits = stackalloc ulong[64];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = 1UL << i;
        }

        return expression.Gather(bits);
    }
}
