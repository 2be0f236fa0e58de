using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Locking;

/// <summary>
/// Read-copy-update: read sections, grace periods, deferred callbacks. A callback runs on a fiber of
/// its own, at any time after every read section that was open when it was queued has ended: the
/// soonest and the latest moment are both explored. Read sections cost the reader no memory access,
/// as with preemption-disabling RCU, so their state is outside the memory model.
/// </summary>
public sealed class Rcu : MachineObject
{
    private readonly MachineList<RcuReader> _readers;

    /// <summary>No reader, no callback.</summary>
    public Rcu(SimMachine machine)
        : base(machine, "rcu", "rcu")
        => _readers = new MachineList<RcuReader>(this, "readers", null);

    /// <summary>Makes the read-side state of a task.</summary>
    internal RcuReader AddReader(Cpu cpu, string label)
    {
        var reader = new RcuReader(Machine, label);
        _readers.Add(cpu, reader);
        return reader;
    }

    /// <summary>call_rcu(): runs <paramref name="callback"/> after a grace period.</summary>
    /// <param name="cpu">Any context.</param>
    /// <param name="name">What the callback does, for pictures.</param>
    /// <param name="callback">The routine, given the object it is about.</param>
    /// <param name="argument">The object.</param>
    public async Op Call<T>(Cpu cpu, string name, Func<Cpu, T, Op> callback, T argument)
        where T : MachineObject
    {
        WatchSet sections = WatchSet.Always;
        for (int i = 0; i < _readers.PeekCount; i++)
        {
            sections = sections.With(_readers.PeekAt(i).Nesting, 0);
        }

        await cpu.Watch(sections);
        ulong open = 0;
        for (int i = 0; i < _readers.PeekCount; i++)
        {
            open |= _readers.PeekAt(i).Nesting.Peek == 0 ? 0 : 1UL << i;
        }

        Spawn(name, callback, argument, open);
    }

    private void Spawn<T>(string name, Func<Cpu, T, Op> callback, T argument, ulong open)
        where T : MachineObject
        => Machine.Spawn(name, cpu => GracePeriod(cpu, callback, argument, open));

    private Op GracePeriod<T>(Cpu cpu, Func<Cpu, T, Op> callback, T argument, ulong open)
        where T : MachineObject
        => new Callback<T>(Machine, callback, argument, _readers).Run(cpu, open);

    /// <summary>A queued callback; holds what the routine needs across its waits.</summary>
    private sealed class Callback<T>(
        SimMachine machine, Func<Cpu, T, Op> routine, T argument, MachineList<RcuReader> readers)
        : MachineObject(machine, "rcu_head")
        where T : MachineObject
    {
        internal async Op Run(Cpu cpu, ulong open)
        {
            for (int i = 0; open != 0; i++, open >>= 1)
            {
                if ((open & 1) != 0)
                {
                    await cpu.LoadWhen(readers.PeekAt(i).Nesting, GuardKind.Equal, 0);
                }
            }

            if (Machine.IsDirect)
            {
                await routine(cpu, argument);
                return;
            }

            await cpu.Yield();
            await routine(cpu, argument);
        }
    }
}

/// <summary>The read-side state of one task: how deep it is in read sections.</summary>
public sealed class RcuReader : MachineObject
{
    internal RcuReader(SimMachine machine, string label)
        : base(machine, "rcu_reader", label)
        => Nesting = new Ghost<int>(this, "nesting");

    /// <summary>How many read sections are open.</summary>
    internal Ghost<int> Nesting { get; }

    /// <summary>rcu_read_lock().</summary>
    public async Op Lock(Cpu cpu) => await cpu.Rmw(Nesting, RmwKind.Add, 1);

    /// <summary>rcu_read_unlock().</summary>
    public async Op Unlock(Cpu cpu) => await cpu.Rmw(Nesting, RmwKind.Add, -1);
}
