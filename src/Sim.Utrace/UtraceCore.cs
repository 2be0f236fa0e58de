using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace.Control;
using Sim.Utrace.Hooks;
using Sim.Utrace.Reporting;
using Sim.Utrace.State;

namespace Sim.Utrace;

/// <summary>How to attach. Source: spec section 2.4.</summary>
[Flags]
public enum AttachFlags
{
    None = 0,
    MatchOps = 0x1,
    MatchData = 0x2,

    /// <summary>Make an engine; without it, look one up.</summary>
    Create = 0x10,

    /// <summary>Fail if a matching engine exists.</summary>
    Exclusive = 0x20,
}

/// <summary>The outcome of an attach.</summary>
/// <param name="Error">Why there is no engine.</param>
/// <param name="Engine">The engine, with a reference for the caller.</param>
public readonly record struct AttachResult(Errno Error, UtraceEngine? Engine);

/// <summary>
/// utrace: the public door for engines, and the hooks for the kernel. Every call may be made from any
/// task, with no lock held, on a task that the caller keeps alive. Source: spec section 3.
/// </summary>
[MachineOwned]
public sealed class UtraceCore
{
    private readonly AttachPath _attach;
    private readonly SetEventsPath _setEvents;
    private readonly ControlPath _control;
    private readonly BarrierPath _barrier;

    /// <summary>A tracing layer for a kernel on this machine.</summary>
    public UtraceCore(SimMachine machine, UtraceVariant variant)
    {
        Variant = variant;
        Detached = new DetachedOps(machine);
        Reset = new Reset(this);
        Passes = new ReportPass(this);
        Stopping = new Stopping(this);
        Deaths = new DeathReports(this);
        Exits = new ExitReports(this);
        Resumes = new ResumeReports(this);
        Hooks = new UtraceHooks(this);
        _attach = new AttachPath(this);
        _setEvents = new SetEventsPath(this);
        _control = new ControlPath(this);
        _barrier = new BarrierPath(this);
    }

    /// <summary>The version of the algorithm.</summary>
    public UtraceVariant Variant { get; }

    /// <summary>What the kernel calls.</summary>
    public ITracehook Hooks { get; }

    internal DetachedOps Detached { get; }

    internal Reset Reset { get; }

    internal ReportPass Passes { get; }

    internal Stopping Stopping { get; }

    internal DeathReports Deaths { get; }

    internal ExitReports Exits { get; }

    internal ResumeReports Resumes { get; }

    /// <summary>Attaches an engine to a task, or looks one up.</summary>
    /// <remarks>
    /// Context: any task; the caller keeps <paramref name="target"/> alive; may sleep. Locks: none.
    /// Returns: an engine with a reference for the caller; or EINVAL for bad operations, EPERM for a
    ///          kernel thread, EEXIST with Exclusive, ENOENT when none matches, ESRCH when the task is
    ///          being released.
    /// Linux:   kernel/utrace.c utrace_attach_task(). Spec: section 3.1.
    /// </remarks>
    public Op<AttachResult> AttachTask(
        Cpu cpu, TaskStruct target, AttachFlags flags, EngineOps? ops, MachineObject? data)
        => _attach.AttachTask(cpu, target, flags, ops, data);

    /// <summary>Chooses what an engine wants to hear of.</summary>
    /// <remarks>
    /// Context: any task; may sleep. Locks: none.
    /// Returns: None; EINPROGRESS when a callback may be running that an event now cleared asked for;
    ///          EALREADY when the task has died and it is too late; ESRCH when the engine is detached.
    /// Linux:   kernel/utrace.c utrace_set_events(). Spec: section 3.2.
    /// </remarks>
    public Op<Errno> SetEvents(Cpu cpu, TaskStruct target, UtraceEngine engine, UtraceEvents events)
        => _setEvents.SetEvents(cpu, target, engine, events);

    /// <summary>Changes what a task does, or lets the engine go.</summary>
    /// <remarks>
    /// Context: any task; may sleep. Locks: none.
    /// Returns: None when it is done; EINPROGRESS when it will be done after the running callback;
    ///          EALREADY when death is being reported; ESRCH when the task is being released or the
    ///          engine is detached; EINVAL, EOPNOTSUPP for a wrong action.
    /// Linux:   kernel/utrace.c utrace_control(). Spec: section 3.3.
    /// </remarks>
    public Op<Errno> Control(Cpu cpu, TaskStruct target, UtraceEngine engine, ResumeAction action)
        => _control.Control(cpu, target, engine, action);

    /// <summary>Waits until no callback to the engine is running.</summary>
    /// <remarks>
    /// Context: any task; sleeps; from the task itself it returns at once. Locks: none.
    /// Returns: None; ESRCH when the engine is gone from the task.
    /// Linux:   kernel/utrace.c utrace_barrier(). Spec: section 3.5.
    /// </remarks>
    public Op<Errno> Barrier(Cpu cpu, TaskStruct target, UtraceEngine engine)
        => _barrier.Barrier(cpu, target, engine);

    /// <summary>task_utrace_struct(): the task's struct utrace, or null.</summary>
    /// <remarks>Context: any; the caller keeps the task alive. Spec: section 3.0 step 3.</remarks>
    internal async Op<UtraceStruct?> TaskUtraceStruct(Cpu cpu, TaskStruct task)
    {
        await cpu.SmpRmb(UtraceSites.PointerBeforeFlags.Load); // M3
        var utrace = (UtraceStruct?)await cpu.ReadOnce(task.Utrace);
        await cpu.ReadBarrierDepends(UtraceSites.PublishStruct.Deref); // M2
        return utrace;
    }

    /// <summary>get_utrace_lock(): the common beginning of calls on an engine.</summary>
    /// <remarks>
    /// Context: any task. Locks: on success utrace->lock is held.
    /// Returns: the struct, locked; or ESRCH when the engine is fully detached; for the detached
    ///          vector ESRCH, or ERESTARTSYS unless <paramref name="attached"/>.
    /// Linux:   kernel/utrace.c get_utrace_lock(). Spec: section 3.0.
    /// </remarks>
    internal async Op<LockedUtrace> GetUtraceLock(
        Cpu cpu, TaskStruct target, UtraceEngine engine, bool attached, Site site)
    {
        await cpu.Task().Rcu.Lock(cpu);
        Errno error = Refuses(await cpu.ReadOnce(engine.Ops), attached);
        if (error != Errno.None)
        {
            await cpu.Task().Rcu.Unlock(cpu);
            return new LockedUtrace(error, null);
        }

        UtraceStruct utrace = (await TaskUtraceStruct(cpu, target))!;
        await utrace.Lock.Acquire(cpu, site);
        error = Refuses(await cpu.ReadOnce(engine.Ops), attached);
        if (error != Errno.None)
        {
            await utrace.Lock.Release(cpu);
        }

        await cpu.Task().Rcu.Unlock(cpu);
        return new LockedUtrace(error, error == Errno.None ? utrace : null);
    }

    private Errno Refuses(EngineOps? ops, bool attached)
    {
        if (ops is null)
        {
            return Errno.ESRCH;
        }

        if (!ReferenceEquals(ops, Detached))
        {
            return Errno.None;
        }

        return attached ? Errno.ESRCH : Errno.ERESTARTSYS;
    }
}

/// <summary>A struct utrace whose lock is held, or why not.</summary>
internal readonly record struct LockedUtrace(Errno Error, UtraceStruct? Utrace);
