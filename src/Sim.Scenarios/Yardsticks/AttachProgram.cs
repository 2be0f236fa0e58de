using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>
/// The attach/release protocol as a plain C program: attachers lock, test the flags, publish, fence
/// and check exit_state; one releaser. Its exact execution counts are known from GenMC.
/// </summary>
public sealed class AttachProgram : MachineObject
{
    private const int Attached = 2;
    private const int Dead = 32;

    /// <summary>The attacher's fence; without it the program breaks under TSO.</summary>
    public static readonly Site AttacherFence = new(
        "Yardstick.Attach", SiteKind.Fence, "M1", "flags=2 before the attacher reads exit_state");

    /// <summary>The releaser's fence.</summary>
    public static readonly Site ReleaserFence = new(
        "Yardstick.Release", SiteKind.Fence, "M1", "exit_state=DEAD before the releaser reads flags");

    private readonly Shared<int> _lock;
    private readonly Shared<int> _flags;
    private readonly Shared<int> _exitState;
    private readonly Shared<bool>[] _attached;
    private readonly Shared<bool>[] _reaped;

    private AttachProgram(SimMachine machine, int attachers)
        : base(machine, "program", "attach")
    {
        _lock = new Shared<int>(this, "lock");
        _flags = new Shared<int>(this, "flags");
        _exitState = new Shared<int>(this, "exit_state");
        _attached = [.. Enumerable.Range(0, attachers).Select(i => new Shared<bool>(this, $"attached[{i}]"))];
        _reaped = [.. Enumerable.Range(0, attachers).Select(i => new Shared<bool>(this, $"reaped[{i}]"))];
    }

    /// <summary>Makes the program with its threads.</summary>
    public static Action Build(SimMachine machine, int attachers)
    {
        var program = new AttachProgram(machine, attachers);
        for (int i = 0; i < attachers; i++)
        {
            int attacher = i;
            machine.Spawn($"attacher {i}", cpu => program.Attach(cpu, attacher));
        }

        machine.Spawn("releaser", program.Release);
        return program.CheckEnd;
    }

    private async Op Attach(Cpu cpu, int i)
    {
        await cpu.RmwWhen(_lock, GuardKind.Equal, 0, RmwKind.Exchange, 1);
        if (await cpu.Load(_flags) == 0)
        {
            await cpu.Store(_flags, Attached);
            await cpu.Fence(AttacherFence);
            if (await cpu.Load(_exitState) == Dead)
            {
                await cpu.Store(_flags, 0);
                await cpu.Store(_lock, 0);
                return;
            }
        }

        await cpu.Store(_attached[i], true);
        await cpu.Store(_lock, 0);
    }

    private async Op Release(Cpu cpu)
    {
        await cpu.Store(_exitState, Dead);
        await cpu.Fence(ReleaserFence);
        if (await cpu.Load(_flags) != 0)
        {
            await cpu.RmwWhen(_lock, GuardKind.Equal, 0, RmwKind.Exchange, 1);
            await cpu.Store(_flags, 0);
            for (int i = 0; i < _attached.Length; i++)
            {
                if (await cpu.Load(_attached[i]))
                {
                    await cpu.Store(_reaped[i], true);
                }
            }

            await cpu.Store(_lock, 0);
        }
    }

    private void CheckEnd()
    {
        for (int i = 0; i < _attached.Length; i++)
        {
            if (_attached[i].Peek && !_reaped[i].Peek)
            {
                Machine.Violate("reaped", $"attached[{i}] is set and reaped[{i}] is not");
            }
        }
    }
}
