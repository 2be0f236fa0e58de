using Sim.Kernel.Barriers;
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
    /// <remarks>Locks: tasklist_lock for writing, once tasks run.</remarks>
    internal RcuReader AddReader(Cpu cpu, string label)
    {
        var reader = new RcuReader(Machine, label);
        if (!Machine.IsDirect)
        {
            _readers.Add(cpu, reader);
        }

        return reader;
    }

    /// <summary>A task that is being released opens no read section any more.</summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    internal void RemoveReader(Cpu cpu, RcuReader reader)
    {
        if (!Machine.IsDirect)
        {
            _readers.Remove(cpu, reader);
        }
    }

    /// <summary>call_rcu(): runs a callback after a grace period.</summary>
    /// <remarks>Context: any; does not sleep. Locks: any.</remarks>
    public async Op Call(Cpu cpu, RcuHead head)
    {
        if (Machine.IsDirect)
        {
            // Only the caller can be inside a read section, since no reader sleeps in one.
            await head.Run(cpu);
            return;
        }

        await cpu.SmpMb(KernelSites.CallRcu);
        WatchSet sections = WatchSet.Always;
        for (int i = 0; i < _readers.PeekCount; i++)
        {
            sections = sections.With(_readers.PeekAt(i).Nesting, 0);
        }

        await cpu.Watch(sections);
        Queue(head, OpenSections());
    }

    private ReaderSet OpenSections()
        => new([.. Enumerable.Range(0, _readers.PeekCount).Select(_readers.PeekAt).Where(reader => reader.Nesting.Peek != 0)]);

    private void Queue(RcuHead head, ReaderSet open)
        => Machine.Spawn(head.ToString(), cpu => GracePeriod(cpu, head, open));

    private static async Op GracePeriod(Cpu cpu, RcuHead head, ReaderSet open)
    {
        for (int i = 0; i < open.Count; i++)
        {
            await cpu.LoadWhen(open[i].Nesting, GuardKind.Equal, 0);
        }

        await head.Run(cpu);
    }

    /// <summary>The readers that a grace period waits for.</summary>
    [Immutable]
    private sealed class ReaderSet(RcuReader[] readers) : IIdentified
    {
        public ulong Identity
        {
            get
            {
                ulong hash = 0;
                foreach (RcuReader reader in readers)
                {
                    hash = StateHash.Mix(hash, (ulong)reader.Id);
                }

                return hash;
            }
        }

        internal int Count => readers.Length;

        internal RcuReader this[int index] => readers[index];
    }
}

/// <summary>A queued callback: struct rcu_head with its function.</summary>
public abstract class RcuHead(SimMachine machine, string label) : MachineObject(machine, "rcu", label)
{
    /// <summary>What runs after the grace period.</summary>
    /// <remarks>Context: a fiber of its own; must not sleep.</remarks>
    public abstract Op Run(Cpu cpu);
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
