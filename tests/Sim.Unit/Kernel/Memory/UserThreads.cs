using Sim.Explore;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using static Sim.Unit.Kernel.Memory.AddressSpace;

namespace Sim.Unit.Kernel.Memory;

/// <summary>What the threads of a little user program saw.</summary>
internal sealed class Seen : MachineObject
{
    internal Seen(SimMachine machine)
        : base(machine, "seen")
    {
        A = new Guarded<long>(this, "a", null);
        B = new Guarded<long>(this, "b", null);
    }

    internal Guarded<long> A { get; }

    internal Guarded<long> B { get; }
}

/// <summary>A world of two threads that share two pages of user memory.</summary>
internal sealed class UserThreads(SimMachine machine)
{
    internal const ulong X = 0x10_0000;
    internal const ulong Y = X + 8;

    internal SimMachine Machine => machine;

    internal MmStruct Mm { get; } = new(machine, "mm");

    internal Seen Seen { get; } = new(machine);

    /// <summary>Starts one of the two threads. Both use the address space before either runs.</summary>
    internal void Spawn(string name, Func<Cpu, Op> routine)
    {
        if (Mm.Areas.Peek.Find(X, Y) is null)
        {
            Now(Mm.Map(machine.BootCpu, X, 2 * PageSize, ReadWrite, Private | MapFlags.Fixed));
            Now(Mm.Share(machine.BootCpu));
        }

        machine.Spawn(name, routine);
    }

    /// <summary>All ends of a program, and how many executions the reduction needed.</summary>
    internal static (string Ends, long Executions) Explore(
        MemoryModel memory, Func<UserThreads, Func<string>> program, bool compare = true)
    {
        (string reduced, ExploreResult result) = Run(memory, program, Strategy.Dpor);
        if (compare)
        {
            Assert.Equal(reduced, Run(memory, program, Strategy.Dfs).Ends);
        }

        return (reduced, result.Executions);
    }

    private static (string Ends, ExploreResult Result) Run(
        MemoryModel memory, Func<UserThreads, Func<string>> program, Strategy strategy)
    {
        var ends = new SortedSet<string>(StringComparer.Ordinal);
        ExploreResult result = Explorer.Run(World, new ExploreOptions { Memory = memory, Strategy = strategy });
        Assert.True(result.Complete && result.Findings.Count == 0, string.Join(", ", result.Findings));
        Assert.Equal(0, strategy == Strategy.Dpor ? result.Blocked : 0);
        return (string.Join(' ', ends), result);

        Action World(SimMachine made)
        {
            Func<string> end = program(new UserThreads(made));
            return () => ends.Add(end());
        }
    }
}
