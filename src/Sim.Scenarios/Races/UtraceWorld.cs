using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Scenarios.Life;
using Sim.Utrace;
using Sim.Utrace.Control;
using Sim.Utrace.Variants;
using Sim.Utrace.Variants.Historic;

namespace Sim.Scenarios.Races;

/// <summary>
/// A kernel with utrace, and the calls of an engine's owner with the laws told of each. The base of
/// every race scenario.
/// </summary>
public sealed class UtraceWorld : MachineObject
{
    private readonly WatchedHooks _hooks;
    private readonly List<EngineWatch> _watches = [];
    private readonly List<TaskWatch> _tasks = [];
    private readonly bool _manyReleased;

    /// <summary>Boots the kernel.</summary>
    /// <param name="machine">The machine, being set up.</param>
    /// <param name="variant">The version of the algorithm.</param>
    /// <param name="zombie">
    /// Whether the traced task has died before the world begins; then who reaps it is known at once,
    /// and the laws need not wait for the end.
    /// </param>
    public UtraceWorld(SimMachine machine, string variant, bool zombie = false)
        : base(machine, "world", "utrace")
    {
        Utrace = new UtraceCore(machine, Named(variant));
        _hooks = new WatchedHooks(machine, Utrace.Hooks, SeeTaskReleased) { FollowsRelease = zombie };
        Kernel = new LinuxKernel(machine, _hooks);
        machine.BootCpu.Current = Kernel.MakeTask("init");
    }

    /// <summary>Boots a kernel whose tasks are processes with programs, descendants of an init that reaps.</summary>
    /// <param name="machine">The machine, being set up.</param>
    /// <param name="variant">The version of the algorithm.</param>
    /// <param name="init">Whether there is an init; without one a process without parent reaps itself.</param>
    /// <param name="options">Limits of the kernel.</param>
    public UtraceWorld(SimMachine machine, UtraceVariant variant, bool init, KernelOptions? options = null)
        : base(machine, "world", "utrace")
    {
        Utrace = new UtraceCore(machine, variant);
        _hooks = new WatchedHooks(machine, Utrace.Hooks, SeeTaskReleased) { NotesRelease = false };
        Life = new KernelWorld(machine, init, options, _hooks);
        Kernel = Life.Kernel;
        _manyReleased = true;
        TaskStruct boot = Kernel.Init ?? Kernel.MakeTask("boot");
        machine.BootCpu.Current = boot;
        Life.Stays(boot);
    }

    /// <summary>The variant of a name, as a world is asked for.</summary>
    public static UtraceVariant Named(string variant)
        => UtraceVariant.All.Concat(HistoricVariants.All).First(v => string.Equals(v.Name, variant, StringComparison.Ordinal));

    /// <summary>The processes, in a world that has some; null in one whose tasks are bare routines.</summary>
    public KernelWorld? Life { get; }

    /// <summary>Whether the laws see the hooks and engines of a task in one order: needed for G17 and up.</summary>
    public bool FollowsTasks { get; init; }

    /// <summary>
    /// Whether the world gives every reference to a task back that it takes, and may keep engines: then a task that was
    /// released has to be gone at the end, with or without its engines.
    /// </summary>
    public bool LeavesNoReference { get; init; }

    /// <summary>Whether callers look whether the task is stopped before they call.</summary>
    public bool FollowsStops { get; init; }

    /// <summary>Whether callers look whether the task is dead, reported or torn down before they call.</summary>
    public bool FollowsDeath
    {
        get => _hooks.FollowsDeath;
        init
        {
            if (value)
            {
                _hooks.FollowDeath();
            }
        }
    }

    /// <summary>
    /// Whether the laws see when a control() begins. A world in which nothing else is called on the engine is
    /// smaller without.
    /// </summary>
    public bool FollowsControls { get; init; } = true;

    /// <summary>The tracing layer.</summary>
    public UtraceCore Utrace { get; }

    /// <summary>The kernel.</summary>
    public LinuxKernel Kernel { get; }

    /// <summary>Changes a word while the world is set up.</summary>
    public void Set<T>(Shared<T> cell, T value)
        where T : unmanaged
        => Machine.BootCpu.Store(cell, value).GetResult();

    /// <summary>Makes the watch and the callbacks of an engine to be.</summary>
    public EngineWatch Watch(TaskStruct target, string label)
    {
        var watch = new EngineWatch(target, label, AllLaws.List)
        {
            OfTask = FollowsTasks ? Follow(target) : null,
            Number = _watches.Count(each => ReferenceEquals(each.Target, target)),
            LeavesNoReference = LeavesNoReference,
        };
        _watches.Add(watch);
        return watch;
    }

    /// <summary>What the laws see of a whole task; made at the first call.</summary>
    public TaskWatch Follow(TaskStruct task)
    {
        TaskWatch? watch = _tasks.Find(each => ReferenceEquals(each.Task, task));
        if (watch is null)
        {
            watch = new TaskWatch(task, AllLaws.List);
            _tasks.Add(watch);
            _hooks.Follow(watch);
        }

        return watch;
    }

    /// <summary>Attaches an engine while the world is set up, with its events.</summary>
    /// <returns>The engine; one reference belongs to whoever is going to use it.</returns>
    public UtraceEngine SetUpEngine(WatchedOps ops, UtraceEvents events)
    {
        Cpu boot = Machine.BootCpu;
        TaskStruct target = ops.Watch.Target;
        UtraceEngine engine = Attach(boot, target, ops).GetAwaiter().GetResult()!;
        SetEvents(boot, target, engine, events).GetAwaiter().GetResult();
        return engine;
    }

    /// <summary>utrace_attach_task() with CREATE.</summary>
    public async Op<UtraceEngine?> Attach(Cpu cpu, TaskStruct target, WatchedOps ops)
    {
        if (FollowsTasks)
        {
            await ops.Watch.See(cpu, new EngineEvent(EngineEventKind.AttachCalled) { By = cpu.Task() });
        }

        AttachResult result = await Utrace.AttachTask(cpu, target, AttachFlags.Create, ops, null);
        TargetWas was = TargetWas.Unknown;
        if (result.Error == Errno.ESRCH && await cpu.ReadOnce(target.ExitState) != ExitState.Dead)
        {
            was = TargetWas.NotDead;
        }

        await ops.Watch.SeeAttach(cpu, result, was);
        if (_hooks.FollowsRelease && result.Engine is not null && await cpu.Load(_hooks.ReleaseFinished))
        {
            ops.Watch.SeeTaskReleased();
        }

        return result.Engine;
    }

    /// <summary>utrace_set_events().</summary>
    public async Op<Errno> SetEvents(Cpu cpu, TaskStruct target, UtraceEngine engine, UtraceEvents events)
    {
        EngineWatch watch = WatchOf(engine);
        bool exited = (FollowsDeath || (events & UtraceEvents.DeathEvents) != UtraceEvents.None) &&
            await cpu.ReadOnce(target.ExitState) != ExitState.Alive;
        CallMoment moment = await BeforeCall(cpu, exited ? engine : null);
        moment = Join(moment, await watch.See(cpu, new EngineEvent(EngineEventKind.SetEventsCalled, events) { By = cpu.Task() }));
        Errno error = await Utrace.SetEvents(cpu, target, engine, events);
        UtraceEvents flags = exited ? await cpu.ReadOnce(engine.Flags) : UtraceEvents.None;
        bool notReleasing = !_manyReleased && (exited || (events & UtraceEvents.Reap) != UtraceEvents.None) &&
            !await cpu.Load(_hooks.ReleaseBegan);
        await watch.See(cpu, new EngineEvent(
            EngineEventKind.SetEventsReturned,
            events,
            error,
            ByTarget: ReferenceEquals(cpu.Current, target),
            TargetWas: notReleasing ? TargetWas.NotReleasing : TargetWas.Unknown)
        {
            By = cpu.Task(),
            Called = moment,
            Flags = flags,
        });
        return error;
    }

    /// <summary>utrace_control().</summary>
    public async Op<Errno> Control(Cpu cpu, TaskStruct target, UtraceEngine engine, ResumeAction action)
    {
        EngineWatch watch = WatchOf(engine);
        bool traced = FollowsStops && await IsTraced(cpu, target);
        bool exited = FollowsDeath && await cpu.ReadOnce(target.ExitState) != ExitState.Alive;
        CallMoment moment = await BeforeCall(cpu, exited ? engine : null);
        if (FollowsControls || FollowsTasks)
        {
            moment = Join(moment, await watch.See(cpu, new EngineEvent(
                EngineEventKind.ControlCalled,
                Action: action,
                TargetWas: traced ? TargetWas.Traced : TargetWas.Unknown)
            { By = cpu.Task() }));
        }

        Errno error = await Utrace.Control(cpu, target, engine, action);
        TargetWas was = traced ? TargetWas.Traced : TargetWas.Unknown;
        if (action == ResumeAction.Detach && error != Errno.None)
        {
            was = await WhyNotDetached(cpu, target, error, was);
        }

        await watch.See(cpu, new EngineEvent(
            EngineEventKind.ControlReturned,
            Error: error,
            Action: action,
            ByTarget: ReferenceEquals(cpu.Current, target),
            TargetWas: was)
        {
            By = cpu.Task(),
            Called = moment,
        });
        return error;
    }

    /// <summary>utrace_barrier().</summary>
    public async Op<Errno> Barrier(Cpu cpu, TaskStruct target, UtraceEngine engine)
    {
        EngineWatch watch = WatchOf(engine);
        CallMoment moment = await BeforeCall(cpu, null);
        moment = Join(moment, await watch.See(cpu, new EngineEvent(EngineEventKind.BarrierCalled)));
        Errno error = await Utrace.Barrier(cpu, target, engine);
        UtraceEvents flags = UtraceEvents.None;
        bool notReleasing = false;
        if (error == Errno.None)
        {
            flags = await cpu.ReadOnce(engine.Flags);
            notReleasing = !_manyReleased && !await cpu.Load(_hooks.ReleaseBegan);
        }

        bool signalled = error == Errno.ERESTARTSYS &&
            (await cpu.ReadOnce(cpu.Task().ThreadFlags) & ThreadFlags.SignalPending) != ThreadFlags.None;
        await watch.See(cpu, new EngineEvent(
            EngineEventKind.BarrierReturned,
            Error: error,
            ByTarget: ReferenceEquals(cpu.Current, target),
            TargetWas: notReleasing ? TargetWas.NotReleasing : TargetWas.Unknown)
        {
            By = cpu.Task(),
            Called = moment,
            Flags = flags,
            Signalled = signalled,
        });
        return error;
    }

    /// <summary>Looks at the public fields of an engine that the caller has a reference to.</summary>
    public async Op Look(Cpu cpu, UtraceEngine engine)
    {
        CallMoment moment = await BeforeCall(cpu, null);
        bool linked = await cpu.ReadOnce(engine.Ops) is not null;
        UtraceEvents flags = await cpu.ReadOnce(engine.Flags);
        await WatchOf(engine).See(cpu, new EngineEvent(EngineEventKind.EngineSeen)
        {
            By = cpu.Task(),
            Called = moment,
            Linked = linked,
            Flags = flags,
        });
    }

    /// <summary>Waits until the death of the task has been reported; only in a world that follows death.</summary>
    public async Op AwaitDeathReported(Cpu cpu) => await cpu.LoadWhen(_hooks.DeathOver, GuardKind.Equal, true);

    /// <summary>Waits until the engines of the task have been torn down; only in a world that follows death.</summary>
    public async Op AwaitTornDown(Cpu cpu)
    {
        await AwaitDeathReported(cpu);
        await cpu.LoadWhen(_hooks.ReleasePrepared, GuardKind.Equal, true);
    }

    /// <summary>Notes from now on when a task is freed, for <see cref="UsePointer"/>; only while the world is set up.</summary>
    public void FollowFree(TaskStruct task) => _hooks.FollowFree(task);

    /// <summary>Uses a pointer to a task without a reference, in the RCU read section of a call that answered.</summary>
    /// <param name="cpu">The caller's processor.</param>
    /// <param name="engine">The engine of the call.</param>
    /// <param name="answer">What the call answered; not ESRCH.</param>
    public async Op UsePointer(Cpu cpu, UtraceEngine engine, Errno answer)
    {
        bool freed = await cpu.Load(_hooks.TaskFreed);
        await WatchOf(engine).See(cpu, new EngineEvent(EngineEventKind.PointerUsed, Error: answer)
        {
            By = cpu.Task(),
            Freed = freed,
        });
    }

    /// <summary>Looks whom a struct pid names that the caller holds.</summary>
    public async Op LookAtPid(Cpu cpu, EngineWatch watch, Pid pid)
    {
        await cpu.Task().Rcu.Lock(cpu);
        TaskStruct? named = await cpu.ReadOnce(pid.Task);
        await cpu.Task().Rcu.Unlock(cpu);
        await watch.See(cpu, new EngineEvent(EngineEventKind.PidSeen) { By = cpu.Task(), Named = named });
    }

    /// <summary>utrace_attach_pid() with CREATE.</summary>
    public async Op<UtraceEngine?> AttachPid(Cpu cpu, Pid pid, WatchedOps ops)
    {
        AttachResult result = await Utrace.AttachPid(cpu, pid, AttachFlags.Create, ops, null);
        await ops.Watch.SeeAttach(cpu, result, TargetWas.Unknown);
        await ops.Watch.See(cpu, new EngineEvent(EngineEventKind.PidCallReturned, Error: result.Error) { By = cpu.Task() });
        return result.Engine;
    }

    /// <summary>utrace_set_events_pid().</summary>
    public async Op<Errno> SetEventsPid(Cpu cpu, Pid pid, UtraceEngine engine, UtraceEvents events)
    {
        EngineWatch watch = WatchOf(engine);
        CallMoment moment = await watch.See(cpu, new EngineEvent(EngineEventKind.SetEventsCalled, events) { By = cpu.Task() });
        Errno error = await Utrace.SetEventsPid(cpu, pid, engine, events);
        await watch.See(cpu, new EngineEvent(EngineEventKind.SetEventsReturned, events, error)
        {
            By = cpu.Task(),
            Called = moment,
        });
        await watch.See(cpu, new EngineEvent(EngineEventKind.PidCallReturned, Error: error) { By = cpu.Task() });
        return error;
    }

    /// <summary>utrace_control_pid().</summary>
    public async Op<Errno> ControlPid(Cpu cpu, Pid pid, UtraceEngine engine, ResumeAction action)
    {
        EngineWatch watch = WatchOf(engine);
        CallMoment moment = await watch.See(cpu, new EngineEvent(EngineEventKind.ControlCalled, Action: action) { By = cpu.Task() });
        Errno error = await Utrace.ControlPid(cpu, pid, engine, action);
        await watch.See(cpu, new EngineEvent(EngineEventKind.ControlReturned, Error: error, Action: action)
        {
            By = cpu.Task(),
            Called = moment,
        });
        await watch.See(cpu, new EngineEvent(EngineEventKind.PidCallReturned, Error: error) { By = cpu.Task() });
        return error;
    }

    /// <summary>utrace_prepare_examine().</summary>
    public async Op<ExamineResult> PrepareExamine(Cpu cpu, TaskStruct target, UtraceEngine engine)
    {
        ExamineResult result = await Utrace.PrepareExamine(cpu, target, engine);
        await WatchOf(engine).See(cpu, new EngineEvent(EngineEventKind.ExamineBegan, Error: result.Error));
        return result;
    }

    /// <summary>utrace_finish_examine().</summary>
    public async Op<Errno> FinishExamine(
        Cpu cpu, TaskStruct target, UtraceEngine engine, Examination examination)
    {
        EngineWatch watch = WatchOf(engine);
        await watch.See(cpu, new EngineEvent(EngineEventKind.ExamineEnding));
        Errno error = await Utrace.FinishExamine(cpu, target, engine, examination);
        await watch.See(cpu, new EngineEvent(EngineEventKind.ExamineEnded, Error: error));
        return error;
    }

    /// <summary>The current task runs in user mode.</summary>
    public Op InUserMode(Cpu cpu) => Follow(cpu.Task()).See(cpu, new TaskEvent(TaskEventKind.InUserMode, By: cpu.Task()));

    /// <summary>The current task runs in user mode, and the laws are told whether it steps.</summary>
    public async Op InUserModeStepping(Cpu cpu)
    {
        ThreadFlags flags = await cpu.ReadOnce(cpu.Task().ThreadFlags);
        int steps = ((flags & ThreadFlags.SingleStep) != ThreadFlags.None ? G25ActionsLast.BySteps : 0) |
            ((flags & ThreadFlags.BlockStep) != ThreadFlags.None ? G25ActionsLast.ByBranches : 0);
        await Follow(cpu.Task()).See(cpu, new TaskEvent(TaskEventKind.InUserMode, Result: steps, By: cpu.Task()));
    }

    /// <summary>Looks whether a task is stopped for tracing, and tells the laws.</summary>
    public async Op<bool> Look(Cpu cpu, TaskStruct target)
    {
        TaskWatch watch = Follow(target);
        await watch.See(cpu, new TaskEvent(TaskEventKind.LookBegan));
        bool traced = (await cpu.ReadOnce(target.State) & TaskState.TracedBit) != TaskState.Running;
        await watch.See(cpu, new TaskEvent(traced ? TaskEventKind.SeenTraced : TaskEventKind.SeenNotTraced));
        return traced;
    }

    /// <summary>Waits until a task is stopped for tracing or over, and tells the laws which.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="target">The task.</param>
    /// <param name="over">Says that the task has come to its end.</param>
    public async Op<bool> LookUntil(Cpu cpu, TaskStruct target, Ghost<bool> over)
    {
        TaskWatch watch = Follow(target);
        await watch.See(cpu, new TaskEvent(TaskEventKind.LookBegan));
        while (true)
        {
            TaskState state = await cpu.ReadOnce(target.State);
            if ((state & TaskState.TracedBit) != TaskState.Running)
            {
                await watch.See(cpu, new TaskEvent(TaskEventKind.SeenTraced));
                return true;
            }

            if (await cpu.Load(over))
            {
                return false;
            }

            await cpu.Watch(WatchSet.Empty.With(target.State, state).With(over, false));
        }
    }

    /// <summary>Waits until a task is stopped for tracing or dead, and tells the laws if it is stopped.</summary>
    public async Op LookUntilDead(Cpu cpu, TaskStruct target, Ghost<bool> over)
    {
        TaskWatch watch = Follow(target);
        await watch.See(cpu, new TaskEvent(TaskEventKind.LookBegan));
        while (!await cpu.Load(over))
        {
            TaskState state = await cpu.ReadOnce(target.State);
            if ((state & TaskState.TracedBit) != TaskState.Running)
            {
                await watch.See(cpu, new TaskEvent(TaskEventKind.SeenTraced));
                return;
            }

            ExitState exit = await cpu.ReadOnce(target.ExitState);
            if (exit != ExitState.Alive)
            {
                return;
            }

            await cpu.Watch(WatchSet.Empty.With(target.State, state).With(over, false).With(target.ExitState, exit));
        }
    }

    /// <summary>Sends a signal to a task or to its group, as the kernel does, and tells the laws.</summary>
    /// <param name="cpu">The sender's processor.</param>
    /// <param name="target">The task.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="group">Whether any thread of its group may take it.</param>
    /// <param name="handled">Whether the group has a handler for it.</param>
    public async Op Send(Cpu cpu, TaskStruct target, int signal, bool group = true, bool handled = false)
    {
        TaskWatch watch = Follow(target);
        await watch.See(cpu, new TaskEvent(
            signal switch
            {
                Signals.SIGKILL => TaskEventKind.KillSent,
                Signals.SIGCONT => TaskEventKind.ContinueSent,
                _ => TaskEventKind.SignalSent,
            },
            Result: signal,
            Handled: handled));
        await Kernel.SendSignal(cpu, target, signal, group);
        if (signal != Signals.SIGCONT)
        {
            await watch.See(cpu, new TaskEvent(
                signal == Signals.SIGKILL ? TaskEventKind.KillDone : TaskEventKind.SignalDone, Result: signal));
        }
    }

    /// <summary>The check at the end of an execution: every law, and that nothing leaked.</summary>
    public void AtEnd()
    {
        foreach (EngineWatch watch in _watches)
        {
            watch.AtEnd();
        }

        foreach (TaskWatch watch in _tasks)
        {
            watch.AtEnd();
        }

        if (!Machine.IsDirect)
        {
            Life?.AtEnd();
        }

        foreach (EngineWatch watch in _watches)
        {
            if (!LeavesNoReference && watch.Target.IsFreed && watch.Engine is { IsFreed: false } engine)
            {
                Machine.Violate("LEAK", $"{engine} is left after {watch.Target} is gone");
            }
        }
    }

    private static CallMoment Join(CallMoment caller, CallMoment watch) => watch with
    {
        Exited = caller.Exited,
        DeathOver = caller.DeathOver,
        TornDown = caller.TornDown,
        Flags = caller.Flags,
    };

    private static async Op<bool> IsTraced(Cpu cpu, TaskStruct target)
        => (await cpu.ReadOnce(target.State) & TaskState.TracedBit) != TaskState.Running;

    /// <summary>What a caller knows before its call, if the world follows death.</summary>
    /// <param name="cpu">The caller's processor.</param>
    /// <param name="ofDead">The engine, if its task was seen dead.</param>
    private async Op<CallMoment> BeforeCall(Cpu cpu, UtraceEngine? ofDead)
    {
        bool over = FollowsDeath && await cpu.Load(_hooks.DeathOver);
        return new CallMoment
        {
            Exited = ofDead is not null,
            DeathOver = over,
            TornDown = over && await cpu.Load(_hooks.ReleasePrepared),
            Flags = ofDead is null ? UtraceEvents.None : await cpu.ReadOnce(ofDead.Flags),
        };
    }

    /// <summary>What the caller of a DETACH that was refused sees of the task.</summary>
    private async Op<TargetWas> WhyNotDetached(Cpu cpu, TaskStruct target, Errno error, TargetWas was)
    {
        if (error == Errno.EALREADY && await cpu.ReadOnce(target.ExitState) == ExitState.Alive)
        {
            return TargetWas.Alive;
        }

        if (error == Errno.ESRCH && !_manyReleased && !await cpu.Load(_hooks.ReleaseBegan))
        {
            return TargetWas.NotReleasing;
        }

        return error == Errno.EINPROGRESS && was == TargetWas.Traced && await Scheduling.FatalSignalPending(cpu, target)
            ? TargetWas.Unknown
            : was;
    }

    private void SeeTaskReleased()
    {
        foreach (EngineWatch watch in _watches)
        {
            watch.SeeTaskReleased();
        }
    }

    private EngineWatch WatchOf(UtraceEngine engine)
        => _watches.First(watch => ReferenceEquals(watch.Engine, engine));
}
