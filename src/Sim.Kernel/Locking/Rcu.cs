using System.Collections.Immutable;
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

    /// <summary>In direct mode the reader of every task: no reader sleeps, so one at a time is in a section.</summary>
    private readonly RcuReader? _only;

    /// <summary>No reader, no callback.</summary>
    public Rcu(SimMachine machine)
        : base(machine, "rcu", "rcu")
    {
        _readers = new MachineList<RcuReader>(this, "readers", null);
        _only = machine.IsDirect ? new RcuReader(machine, null) : null;
    }

    /// <summary>
    /// Makes the read-side state of a task. It stays for good: a task opens read sections after its release, since its
    /// parent can reap it while it still reports its death, and nobody knows when it has opened the last.
    /// </summary>
    /// <remarks>Locks: tasklist_lock for writing, once tasks run.</remarks>
    internal RcuReader AddReader(Cpu cpu, string? label)
    {
        if (_only is not null)
        {
            return _only;
        }

        var reader = new RcuReader(Machine, label);
        _readers.Add(cpu, reader);
        return reader;
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
            RcuReader reader = _readers.PeekAt(i);
            sections = sections.With(reader.Entered, 0).With(reader.Left, 0);
        }

        await cpu.Watch(sections);
        cpu.BeginGracePeriod();
        Queue(head, OpenSections());
    }

    /// <summary>synchronize_rcu(): waits until every read section that is open now has ended.</summary>
    /// <remarks>Context: any task outside read sections; sleeps. Locks: none.</remarks>
    public async Op Synchronize(Cpu cpu)
    {
        Lockdep.MightSleep(cpu, "synchronize_rcu()");
        if (Machine.IsDirect)
        {
            return;
        }

        var waiting = new WakeMe(Machine);
        await Call(cpu, waiting);
        await cpu.LoadWhen(waiting.Over, GuardKind.Equal, true);
    }

    private ImmutableArray<OpenSection> OpenSections()
        => [.. Enumerable.Range(0, _readers.PeekCount).Select(_readers.PeekAt)
            .Select(reader => new OpenSection(reader, reader.Entered.Peek, reader.Left.Peek))
            .Where(section => section.Entered != section.Left)];

    private void Queue(RcuHead head, ImmutableArray<OpenSection> open)
    {
        var sections = new SectionSet(open);
        Machine.Spawn(head.ToString(), cpu => GracePeriod(cpu, head, sections));
    }

    private static async Op GracePeriod(Cpu cpu, RcuHead head, SectionSet open)
    {
        for (int i = 0; i < open.Count; i++)
        {
            (RcuReader reader, int entered, int left) = open[i];
            while (left < entered)
            {
                left = await cpu.LoadWhen(reader.Left, GuardKind.NotEqual, left);
            }
        }

        await head.Run(cpu);
    }

    /// <summary>wakeme_after_rcu().</summary>
    private sealed class WakeMe : RcuHead
    {
        internal WakeMe(SimMachine machine)
            : base(machine, "synchronize_rcu")
            => Over = new Shared<bool>(this, "grace period over");

        internal Shared<bool> Over { get; }

        public override async Op Run(Cpu cpu) => await cpu.StoreRelease(Over, true);
    }

    /// <summary>A read section that was open when a callback was queued: which one of the reader's it is, and how many had ended.</summary>
    [Immutable]
    private readonly record struct OpenSection(RcuReader Reader, int Entered, int Left);

    /// <summary>The sections that a grace period waits for.</summary>
    [Immutable]
    private sealed class SectionSet(ImmutableArray<OpenSection> sections) : IIdentified
    {
        public ulong Identity
        {
            get
            {
                ulong hash = 0;
                foreach (OpenSection section in sections)
                {
                    hash = StateHash.Mix(hash, (ulong)section.Reader.Id);
                    hash = StateHash.Mix(hash, (ulong)section.Entered);
                }

                return hash;
            }
        }

        internal int Count => sections.Length;

        internal OpenSection this[int index] => sections[index];
    }
}

/// <summary>A queued callback: struct rcu_head with its function.</summary>
public abstract class RcuHead(SimMachine machine, string? label) : MachineObject(machine, "rcu", label)
{
    /// <summary>What runs after the grace period.</summary>
    /// <remarks>Context: a fiber of its own; must not sleep.</remarks>
    public abstract Op Run(Cpu cpu);
}

/// <summary>
/// The read-side state of one task. Entering a section is seen at once and costs no barrier. Leaving it is seen
/// after all that the section stored: a grace period ends with a context switch of every reader, which is a
/// barrier, so the end of a section goes through the store buffer behind the section's own stores.
/// </summary>
public sealed class RcuReader : MachineObject
{
    private readonly Guarded<int> _depth;

    internal RcuReader(SimMachine machine, string? label)
        : base(machine, "rcu_reader", label)
    {
        _depth = new Guarded<int>(this, "nesting", null);
        Entered = new Ghost<int>(this, "entered");
        Left = new Shared<int>(this, "left");
    }

    /// <summary>Whether a section is open, for observers.</summary>
    public bool PeekIsOpen => _depth.Peek > 0;

    /// <summary>How many outermost sections were entered.</summary>
    internal Ghost<int> Entered { get; }

    /// <summary>How many of them have ended, and their stores are visible.</summary>
    internal Shared<int> Left { get; }

    /// <summary>rcu_read_lock().</summary>
    public async Op Lock(Cpu cpu)
    {
        int depth = _depth.Get(cpu);
        _depth.Set(cpu, depth + 1);
        if (depth == 0)
        {
            await cpu.Rmw(Entered, RmwKind.Add, 1);
            cpu.EnterReadSection();
        }
    }

    /// <summary>rcu_read_unlock().</summary>
    public async Op Unlock(Cpu cpu)
    {
        int depth = _depth.Get(cpu) - 1;
        _depth.Set(cpu, depth);
        if (depth == 0)
        {
            await cpu.StoreRelease(Left, Entered.Peek);
        }
    }
}
