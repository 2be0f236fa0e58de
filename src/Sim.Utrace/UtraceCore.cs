using Sim.Kernel.Abi;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace.Control;
using Sim.Utrace.Hooks;
using Sim.Utrace.Reporting;
using Sim.Utrace.State;
using Sim.Utrace.Variants;

namespace Sim.Utrace;

/// <summary>The outcome of an attach.</summary>
/// <param name="Error">Why there is no engine.</param>
/// <param name="Engine">The engine, with a reference for the caller.</param>
public readonly record struct AttachResult(Errno Error, UtraceEngine? Engine)
{
    internal static AttachResult Failed(Errno error) => new(error, null);
}

/// <summary>
/// utrace: the public door for engines, and the hooks for the kernel. Every call may be made from any
/// task, with no lock held, on a task that the caller keeps alive, and may sleep. Source: spec section 3.
/// </summary>
[MachineOwned]
public sealed class UtraceCore
{
    private readonly AttachPath _attach;
    private readonly SetEventsPath _setEvents;
    private readonly ControlPath _control;
    private readonly BarrierPath _barrier;
    private readonly ExaminePath _examine;

    /// <summary>A tracing layer for a kernel on this machine.</summary>
    public UtraceCore(SimMachine machine, UtraceVariant variant)
    {
        Variant = variant;
        Detached = variant.MakeDetached(machine);
        Locking = new EngineLock(this);
        Reset = new Reset(this);
        Passes = new ReportPass(this);
        Direct = new DirectReport(this);
        Stopping = new Stopping(this);
        Reaping = new Reaping(this);
        Deaths = new DeathReports(this);
        Events = new EventReports(this);
        Syscalls = new SyscallReports(this);
        Resumes = new ResumeReports(this);
        Signals = new SignalReports(this);
        Hooks = new UtraceHooks(this);
        _attach = new AttachPath(this);
        _setEvents = new SetEventsPath(this);
        _control = new ControlPath(this);
        _barrier = new BarrierPath(this);
        _examine = new ExaminePath();
    }

    /// <summary>The version of the algorithm.</summary>
    public UtraceVariant Variant { get; }

    /// <summary>What the kernel calls.</summary>
    public ITracehook Hooks { get; }

    internal DetachedOps Detached { get; }

    internal EngineLock Locking { get; }

    internal Reset Reset { get; }

    internal ReportPass Passes { get; }

    internal DirectReport Direct { get; }

    internal Stopping Stopping { get; }

    internal Reaping Reaping { get; }

    internal DeathReports Deaths { get; }

    internal EventReports Events { get; }

    internal SyscallReports Syscalls { get; }

    internal ResumeReports Resumes { get; }

    internal SignalReports Signals { get; }

    /// <summary>Attaches an engine to a task, or looks one up.</summary>
    /// <remarks>
    /// Context: any task; the caller keeps <paramref name="target"/> alive; may sleep. Locks: none.
    /// Returns: an engine with a reference for the caller; or EINVAL for bad operations, EPERM for a
    ///          kernel thread, EEXIST with Exclusive, ENOENT when none matches, ESRCH when the task is
    ///          being released; ERESTARTNOINTR for a signal during variant A's wait for a newborn.
    /// Linux:   kernel/utrace.c utrace_attach_task(). Spec: section 3.1.
    /// </remarks>
    public Op<AttachResult> AttachTask(
        Cpu cpu, TaskStruct target, AttachFlags flags, EngineOps? ops, MachineObject? data)
        => _attach.AttachTask(cpu, target, flags, ops, data);

    /// <summary>utrace_attach_pid(): attaches to the task that a struct pid names now.</summary>
    /// <inheritdoc cref="AttachTask" path="/remarks"/>
    public Op<AttachResult> AttachPid(
        Cpu cpu, Pid pid, AttachFlags flags, EngineOps? ops, MachineObject? data)
        => _attach.AttachPid(cpu, pid, flags, ops, data);

    /// <summary>Chooses what an engine wants to hear of.</summary>
    /// <remarks>
    /// Context: any task; may sleep. Locks: none.
    /// Returns: None; EINPROGRESS when a callback may be running that an event now cleared asked for;
    ///          EALREADY when the task has died and it is too late; ESRCH when the engine is detached.
    /// Linux:   kernel/utrace.c utrace_set_events(). Spec: section 3.2.
    /// </remarks>
    public Op<Errno> SetEvents(Cpu cpu, TaskStruct target, UtraceEngine engine, UtraceEvents events)
        => _setEvents.SetEvents(cpu, target, engine, events);

    /// <summary>utrace_set_events_pid().</summary>
    /// <inheritdoc cref="SetEvents" path="/remarks"/>
    public async Op<Errno> SetEventsPid(Cpu cpu, Pid pid, UtraceEngine engine, UtraceEvents events)
        => await cpu.Load(pid.Task) is { } target ? await SetEvents(cpu, target, engine, events) : Errno.ESRCH;

    /// <summary>Changes what a task does, or lets the engine go.</summary>
    /// <remarks>
    /// Context: any task; may sleep. Locks: none.
    /// Returns: None when it is done; EINPROGRESS when it will be done after the running callback;
    ///          EALREADY when death is being reported; ESRCH when the task is being released or the
    ///          engine is detached; EINVAL, EOPNOTSUPP for a wrong action; EAGAIN for a step of a running
    ///          task in variant A.
    /// Linux:   kernel/utrace.c utrace_control(). Spec: section 3.3.
    /// </remarks>
    public Op<Errno> Control(Cpu cpu, TaskStruct target, UtraceEngine engine, ResumeAction action)
        => _control.Control(cpu, target, engine, action);

    /// <summary>utrace_control_pid().</summary>
    /// <inheritdoc cref="Control" path="/remarks"/>
    public async Op<Errno> ControlPid(Cpu cpu, Pid pid, UtraceEngine engine, ResumeAction action)
        => await cpu.Load(pid.Task) is { } target ? await Control(cpu, target, engine, action) : Errno.ESRCH;

    /// <summary>Waits until no callback to the engine is running.</summary>
    /// <remarks>
    /// Context: any task; sleeps; from the task itself it returns at once. Locks: none.
    /// Returns: None; ESRCH when the engine is gone from the task; ERESTARTSYS for a signal to the caller.
    /// Linux:   kernel/utrace.c utrace_barrier(). Spec: section 3.5.
    /// </remarks>
    public Op<Errno> Barrier(Cpu cpu, TaskStruct target, UtraceEngine engine)
        => _barrier.Barrier(cpu, target, engine);

    /// <summary>utrace_barrier_pid().</summary>
    /// <inheritdoc cref="Barrier" path="/remarks"/>
    public async Op<Errno> BarrierPid(Cpu cpu, Pid pid, UtraceEngine engine)
        => await cpu.Load(pid.Task) is { } target ? await Barrier(cpu, target, engine) : Errno.ESRCH;

    /// <summary>Begins to look at a task that the engine holds stopped.</summary>
    /// <remarks>
    /// Context: any task; sleeps until the task is off its processor. Locks: none.
    /// Returns: EINVAL when the engine holds no stop; ESRCH for a dead task; EAGAIN when it runs;
    ///          else an examination for <see cref="FinishExamine"/>.
    /// Linux:   kernel/utrace.c utrace_prepare_examine(). Spec: section 3.7.
    /// </remarks>
    public Op<ExamineResult> PrepareExamine(Cpu cpu, TaskStruct target, UtraceEngine engine)
        => _examine.Prepare(cpu, target, engine);

    /// <summary>Ends the look at a task: says whether it stayed stopped all the time.</summary>
    /// <remarks>
    /// Context: any task; may sleep. Locks: none.
    /// Returns: None when it did; EAGAIN when it ran or was killed meanwhile; EINVAL as before.
    /// Linux:   kernel/utrace.c utrace_finish_examine(). Spec: section 3.7.
    /// </remarks>
    public Op<Errno> FinishExamine(Cpu cpu, TaskStruct target, UtraceEngine engine, Examination examination)
        => _examine.Finish(cpu, target, engine, examination);

    /// <summary>utrace_freeze_stop(): a task that is killed in its stop does not run on before it is unfrozen.</summary>
    /// <remarks>Context: any; the caller keeps the task alive. Source: late B, for ptrace alone; spec section 3.8.</remarks>
    public Op FreezeStop(Cpu cpu, TaskStruct target) => Stopping.Freeze(cpu, target, freeze: true);

    /// <summary>utrace_unfreeze_stop().</summary>
    /// <inheritdoc cref="FreezeStop" path="/remarks"/>
    public Op UnfreezeStop(Cpu cpu, TaskStruct target) => Stopping.Freeze(cpu, target, freeze: false);
}
