using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// What is known of one engine from its calls, returns and callbacks. Every event is one step on the
/// engine's ghost clock, so the explorer knows that their order matters; the facts are updated in that
/// step, after the laws have seen the event.
/// </summary>
public sealed class EngineWatch : MachineObject
{
    private const UtraceEvents NoCallback = (UtraceEvents)(-1);

    private readonly IReadOnlyList<Law> _laws;
    private readonly EngineMonitor[] _monitors;
    private readonly Ghost<int> _clock;
    private readonly Ghost<UtraceEvents> _running;
    private readonly Ghost<UtraceEvents> _allowed;
    private readonly Ghost<UtraceEvents> _before;
    private readonly Ghost<UtraceEvents> _wanted;
    private readonly Ghost<int> _grace;
    private readonly Ghost<int> _begun;
    private readonly Ghost<int> _deaths;
    private readonly Ghost<int> _deathsEnded;
    private readonly Ghost<int> _reaps;
    private readonly Ghost<int> _releases;
    private readonly Ghost<int> _barrierOver;
    private readonly Ghost<bool> _attached;
    private readonly Ghost<bool> _deathOwed;
    private readonly Ghost<bool> _reapOwed;
    private readonly Ghost<bool> _calledOnExited;
    private readonly Ghost<bool> _answeredDetach;
    private readonly Ghost<bool> _detachBegun;
    private readonly Ghost<Errno> _detachResult;
    private readonly Ghost<bool> _detachedStopped;
    private readonly GhostRef<UtraceEngine> _engine;

    /// <summary>Watches an engine that is still to be made.</summary>
    public EngineWatch(TaskStruct target, string label, IReadOnlyList<Law> laws)
        : base(target.Machine, "watch", label)
    {
        Target = target;
        _laws = laws;
        _clock = new Ghost<int>(this, "clock");
        _running = new Ghost<UtraceEvents>(this, "running", NoCallback);
        _allowed = new Ghost<UtraceEvents>(this, "allowed");
        _before = new Ghost<UtraceEvents>(this, "allowed before the call");
        _wanted = new Ghost<UtraceEvents>(this, "wanted");
        _grace = new Ghost<int>(this, "grace");
        _begun = new Ghost<int>(this, "callbacks");
        _deaths = new Ghost<int>(this, "deaths");
        _deathsEnded = new Ghost<int>(this, "deaths ended");
        _reaps = new Ghost<int>(this, "reaps");
        _releases = new Ghost<int>(this, "releases");
        _barrierOver = new Ghost<int>(this, "callback when barrier was called");
        _attached = new Ghost<bool>(this, "attached");
        _deathOwed = new Ghost<bool>(this, "death owed");
        _reapOwed = new Ghost<bool>(this, "reap owed");
        _calledOnExited = new Ghost<bool>(this, "set_events called on exited task");
        _answeredDetach = new Ghost<bool>(this, "answered detach");
        _detachBegun = new Ghost<bool>(this, "detach returned");
        _detachResult = new Ghost<Errno>(this, "detach result");
        _detachedStopped = new Ghost<bool>(this, "detached while stopped");
        _engine = new GhostRef<UtraceEngine>(this, "engine");
        _monitors = [.. laws.Select(law => law.WatchEngine(this)).OfType<EngineMonitor>()];
    }

    /// <summary>What sees this engine's events among those of its task; null when the world does not follow tasks.</summary>
    public TaskWatch? OfTask { get; init; }

    /// <summary>The traced task.</summary>
    public TaskStruct Target { get; }

    /// <summary>Which of its task's engines it is, counted from 0.</summary>
    public int Number { get; init; }

    /// <summary>Whether an attach succeeded.</summary>
    public bool IsAttached => _attached.Peek;

    /// <summary>Whether a callback is running, and of which event.</summary>
    public bool InCallback => _running.Peek != NoCallback;

    /// <summary>The event of the running callback.</summary>
    public UtraceEvents Running => _running.Peek;

    /// <summary>Events that some call asked for and no returned call has taken back.</summary>
    public UtraceEvents Allowed => _allowed.Peek;

    /// <summary>Events of the last set_events() that made a change.</summary>
    public UtraceEvents Wanted => _wanted.Peek;

    /// <summary>Callbacks that may still begin although they are no longer asked for.</summary>
    public int Grace => _grace.Peek;

    /// <summary>Callbacks begun so far.</summary>
    public int Begun => _begun.Peek;

    /// <summary>Death callbacks begun so far.</summary>
    public int Deaths => _deaths.Peek;

    /// <summary>Death callbacks ended so far.</summary>
    public int DeathsEnded => _deathsEnded.Peek;

    /// <summary>Reap callbacks begun so far.</summary>
    public int Reaps => _reaps.Peek;

    /// <summary>How often the release function ran.</summary>
    public int Releases => _releases.Peek;

    /// <summary>Number of the callback that ran when barrier was called and still runs; 0 for none.</summary>
    public int BarrierOver => _barrierOver.Peek;

    /// <summary>Whether a death callback was promised and not taken back.</summary>
    public bool DeathOwed => _deathOwed.Peek;

    /// <summary>Whether REAP was asked for before release_task() began, and not taken back.</summary>
    public bool ReapOwed => _reapOwed.Peek;

    /// <summary>Whether the running set_events() began when the target had exited.</summary>
    public bool CalledOnExited => _calledOnExited.Peek;

    /// <summary>Whether a callback answered DETACH.</summary>
    public bool AnsweredDetach => _answeredDetach.Peek;

    /// <summary>Whether a control(DETACH) has returned that found the engine attached, and with what.</summary>
    public bool DetachReturned => _detachBegun.Peek;

    /// <summary>What the first control(DETACH) returned.</summary>
    public Errno DetachResult => _detachResult.Peek;

    /// <summary>Whether that call returned 0 and the task had been stopped for tracing.</summary>
    public bool DetachedStopped => _detachedStopped.Peek;

    /// <summary>Whether the engine was let go by a call or an answer.</summary>
    public bool WasDetached => AnsweredDetach ||
        (DetachReturned && DetachResult is Errno.None or Errno.EINPROGRESS);

    /// <summary>The engine once attached, for what its public fields say at the end.</summary>
    public UtraceEngine? Engine => _engine.Peek;

    /// <summary>How many callbacks have begun, for a scenario that waits for them.</summary>
    public LoadAwaiter<int> CallbacksBegun(Cpu cpu) => cpu.Load(_begun);

    /// <summary>Tells the laws that an attach returned.</summary>
    public async Op SeeAttach(Cpu cpu, AttachResult result, TargetWas targetWas)
    {
        await See(cpu, new EngineEvent(
            EngineEventKind.AttachReturned, Error: result.Error, TargetWas: targetWas));
        _engine.Note(result.Engine);
    }

    /// <summary>Tells the laws of an event and remembers it.</summary>
    public async Op See(Cpu cpu, EngineEvent happened)
    {
        if (Machine.IsDirect)
        {
            return;
        }

        await cpu.Rmw(_clock, RmwKind.Add, 1);
        if (Machine.Tracer is not null)
        {
            cpu.Note(Describe(happened));
        }

        foreach (Law law in _laws)
        {
            law.See(this, happened);
        }

        foreach (EngineMonitor monitor in _monitors)
        {
            monitor.See(happened);
        }

        Remember(happened);
        if (OfTask is not null)
        {
            await OfTask.See(cpu, new TaskEvent(TaskEventKind.OfEngine, this, happened));
        }
    }

    /// <summary>Reports that a guarantee is broken for this engine.</summary>
    public void Break(Law law, string how) => Machine.Violate(law.Name, $"{law.Sentence} But {how}.");

    /// <summary>Lets the laws look at the end of an execution.</summary>
    public void AtEnd()
    {
        foreach (Law law in _laws)
        {
            law.AtEnd(this);
        }

        foreach (EngineMonitor monitor in _monitors)
        {
            monitor.AtEnd();
        }
    }

    /// <summary>Tells the laws, inside a step that orders it, that the task is past its release.</summary>
    public void SeeTaskReleased()
    {
        foreach (Law law in _laws)
        {
            law.See(this, new EngineEvent(EngineEventKind.TaskReleased));
        }
    }

    private string Describe(EngineEvent happened) => happened.Kind switch
    {
        EngineEventKind.AttachReturned => $"attach {Label} returned {Show(happened.Error)}",
        EngineEventKind.SetEventsCalled => $"set_events {Label} ({happened.Events}) called",
        EngineEventKind.SetEventsReturned => $"set_events {Label} ({happened.Events}) returned {Show(happened.Error)}",
        EngineEventKind.ControlCalled => $"control {Label} ({happened.Action}) called",
        EngineEventKind.ControlReturned => $"control {Label} ({happened.Action}) returned {Show(happened.Error)}",
        EngineEventKind.BarrierCalled => $"barrier {Label} called",
        EngineEventKind.BarrierReturned => $"barrier {Label} returned {Show(happened.Error)}",
        EngineEventKind.ExamineBegan => $"prepare_examine {Label} returned {Show(happened.Error)}",
        EngineEventKind.ExamineEnding => $"finish_examine {Label} called",
        EngineEventKind.ExamineEnded => $"finish_examine {Label} returned {Show(happened.Error)}",
        EngineEventKind.CallbackBegan => $"{Label}: {happened.Events} callback begins",
        EngineEventKind.CallbackEnded => $"{Label}: {happened.Events} callback ends, {happened.Action}",
        EngineEventKind.Released => $"{Label}: released",
        EngineEventKind.TaskReleased => $"{Target}: past its release",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Show(Errno error) => error == Errno.None ? "0" : $"-{error}";

    private void Remember(EngineEvent happened)
    {
        switch (happened.Kind)
        {
            case EngineEventKind.AttachReturned:
                _attached.Note(happened.Error == Errno.None);
                break;
            case EngineEventKind.SetEventsCalled:
                _before.Note(Allowed);
                _allowed.Note(Allowed | happened.Events);
                _calledOnExited.Note(happened.TargetWas == TargetWas.Exited);
                break;
            case EngineEventKind.SetEventsReturned:
                RememberSetEvents(happened);
                break;
            case EngineEventKind.ControlReturned:
                RememberControl(happened);
                break;
            case EngineEventKind.BarrierCalled:
                _barrierOver.Note(InCallback ? Begun : 0);
                break;
            case EngineEventKind.CallbackBegan:
                RememberBegin(happened.Events);
                break;
            case EngineEventKind.CallbackEnded:
                RememberEnd(happened);
                break;
            case EngineEventKind.Released:
                _releases.Note(Releases + 1);
                break;
            case EngineEventKind.BarrierReturned or EngineEventKind.TaskReleased or EngineEventKind.ControlCalled
                or EngineEventKind.ExamineBegan or EngineEventKind.ExamineEnding or EngineEventKind.ExamineEnded:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void RememberSetEvents(EngineEvent happened)
    {
        if (happened.Error is Errno.None or Errno.EINPROGRESS)
        {
            _wanted.Note(happened.Events);
            _allowed.Note(happened.Events);
            _grace.Note(happened.Error == Errno.EINPROGRESS && !InCallback ? 1 : 0);
            _deathOwed.Note((happened.Events & UtraceEvents.Death) != UtraceEvents.None);
            _reapOwed.Note((happened.Events & UtraceEvents.Reap) != UtraceEvents.None &&
                (ReapOwed || happened.TargetWas == TargetWas.NotReleasing));
        }
        else
        {
            _allowed.Note(_before.Peek);
        }
    }

    private void RememberControl(EngineEvent happened)
    {
        if (happened.Action == ResumeAction.Detach && !DetachReturned)
        {
            _detachBegun.Note(true);
            _detachResult.Note(happened.Error);
            _detachedStopped.Note(happened.Error == Errno.None && happened.TargetWas == TargetWas.Traced);
            if (happened.Error is Errno.None or Errno.EINPROGRESS)
            {
                _deathOwed.Note(false);
                _allowed.Note(UtraceEvents.None);
                _grace.Note(happened.Error == Errno.EINPROGRESS && !InCallback ? 1 : 0);
            }
        }
    }

    private void RememberBegin(UtraceEvents reported)
    {
        _running.Note(reported);
        _begun.Note(Begun + 1);
        _deaths.Note(Deaths + (reported == UtraceEvents.Death ? 1 : 0));
        _reaps.Note(Reaps + (reported == UtraceEvents.Reap ? 1 : 0));
        if ((Allowed & reported) == UtraceEvents.None && Grace > 0)
        {
            _grace.Note(Grace - 1);
        }
    }

    private void RememberEnd(EngineEvent happened)
    {
        _running.Note(NoCallback);
        _barrierOver.Note(0);
        _deathsEnded.Note(DeathsEnded + (happened.Events == UtraceEvents.Death ? 1 : 0));
        if (happened.Action == ResumeAction.Detach)
        {
            _answeredDetach.Note(true);
            _deathOwed.Note(false);
        }
    }
}
