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
    private readonly EngineMonitor?[] _monitors;
    private readonly Ghost<int> _clock;
    private readonly Ghost<UtraceEvents> _running;
    private readonly Ghost<UtraceEvents> _wanted;
    private readonly Ghost<int> _begun;
    private readonly Ghost<int> _deaths;
    private readonly Ghost<int> _deathsEnded;
    private readonly Ghost<int> _reaps;
    private readonly Ghost<int> _inFlight;
    private readonly Ghost<int> _returns;
    private readonly Ghost<int> _controls;
    private readonly Ghost<bool> _attached;
    private readonly Ghost<bool> _answeredDetach;
    private readonly Ghost<bool> _letGo;
    private readonly GhostRef<UtraceEngine> _engine;

    /// <summary>Watches an engine that is still to be made.</summary>
    public EngineWatch(TaskStruct target, string label, IReadOnlyList<Law> laws)
        : base(target.Machine, "watch", label)
    {
        Target = target;
        _laws = laws;
        _clock = new Ghost<int>(this, "clock");
        _running = new Ghost<UtraceEvents>(this, "running", NoCallback);
        _wanted = new Ghost<UtraceEvents>(this, "wanted");
        _begun = new Ghost<int>(this, "callbacks");
        _deaths = new Ghost<int>(this, "deaths");
        _deathsEnded = new Ghost<int>(this, "deaths ended");
        _reaps = new Ghost<int>(this, "reaps");
        _inFlight = new Ghost<int>(this, "set_events in flight");
        _returns = new Ghost<int>(this, "set_events returned");
        _controls = new Ghost<int>(this, "controls called");
        _attached = new Ghost<bool>(this, "attached");
        _answeredDetach = new Ghost<bool>(this, "answered detach");
        _letGo = new Ghost<bool>(this, "let go");
        _engine = new GhostRef<UtraceEngine>(this, "engine");
        _monitors = [.. laws.Select(law => law.WatchEngine(this))];
    }

    /// <summary>What sees this engine's events among those of its task; null when the world does not follow tasks.</summary>
    public TaskWatch? OfTask { get; init; }

    /// <summary>The traced task.</summary>
    public TaskStruct Target { get; }

    /// <summary>
    /// Whether the world gives every reference to the task back that it takes, so that a task that has been released is
    /// freed at the end unless somebody else holds it.
    /// </summary>
    public bool LeavesNoReference { get; init; }

    /// <summary>Which of its task's engines it is, counted from 0.</summary>
    public int Number { get; init; }

    /// <summary>Whether an attach succeeded.</summary>
    public bool IsAttached => _attached.Peek;

    /// <summary>Whether a callback is running, and of which event.</summary>
    public bool InCallback => _running.Peek != NoCallback;

    /// <summary>The event of the running callback.</summary>
    public UtraceEvents Running => _running.Peek;

    /// <summary>Events of the last set_events() that made a change.</summary>
    public UtraceEvents Wanted => _wanted.Peek;

    /// <summary>Callbacks begun so far.</summary>
    public int Begun => _begun.Peek;

    /// <summary>Death callbacks begun so far.</summary>
    public int Deaths => _deaths.Peek;

    /// <summary>Death callbacks ended so far.</summary>
    public int DeathsEnded => _deathsEnded.Peek;

    /// <summary>Reap callbacks begun so far.</summary>
    public int Reaps => _reaps.Peek;

    /// <summary>How many set_events() have been called and not returned.</summary>
    public int InFlight => _inFlight.Peek;

    /// <summary>How many control() have been called.</summary>
    public int Controls => _controls.Peek;

    /// <summary>Whether a callback answered DETACH.</summary>
    public bool AnsweredDetach => _answeredDetach.Peek;

    /// <summary>Whether a control(DETACH) has returned 0 or -EINPROGRESS.</summary>
    public bool LetGo => _letGo.Peek;

    /// <summary>Whether the engine was let go by a call or an answer.</summary>
    public bool WasDetached => AnsweredDetach || LetGo;

    /// <summary>The engine once attached, for what its public fields say at the end.</summary>
    public UtraceEngine? Engine => _engine.Peek;

    /// <summary>Whether another set_events() overlaps the one that now returns.</summary>
    public bool Overlaps(EngineEvent returned) => returned.Called.InFlight != 0 ||
        returned.Called.Returns != _returns.Peek || InFlight != 1;

    /// <summary>How many callbacks have begun, for a scenario that waits for them.</summary>
    public LoadAwaiter<int> CallbacksBegun(Cpu cpu) => cpu.Load(_begun);

    /// <summary>Waits until a callback has begun.</summary>
    public async Op AwaitCallback(Cpu cpu) => await cpu.LoadWhen(_begun, GuardKind.NotEqual, 0);

    /// <summary>Tells the laws that an attach returned.</summary>
    public async Op SeeAttach(Cpu cpu, AttachResult result, TargetWas targetWas)
    {
        await See(cpu, new EngineEvent(
            EngineEventKind.AttachReturned, Error: result.Error, TargetWas: targetWas));
        _engine.Note(result.Engine);
    }

    /// <summary>Tells the laws of an event and remembers it.</summary>
    /// <returns>What was known before it.</returns>
    public async Op<CallMoment> See(Cpu cpu, EngineEvent happened)
    {
        if (Machine.IsDirect)
        {
            return default;
        }

        await cpu.Rmw(_clock, RmwKind.Add, 1);
        CallMoment before = Tell(cpu, happened);
        if (OfTask is not null)
        {
            await OfTask.See(cpu, new TaskEvent(TaskEventKind.OfEngine, this, happened));
        }

        return before;
    }

    /// <summary>Reports that a guarantee is broken for this engine.</summary>
    public void Break(Law law, string how) => Machine.Violate(law.Name, $"{law.Sentence} But {how}.");

    /// <summary>Lets the laws look at the end of an execution.</summary>
    public void AtEnd()
    {
        for (int i = 0; i < _monitors.Length; i++)
        {
            _laws[i].AtEnd(this);
            _monitors[i]?.AtEnd();
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

    private CallMoment Tell(Cpu cpu, EngineEvent happened)
    {
        var before = new CallMoment(
            Wanted, Begun, InCallback, InFlight, _returns.Peek, Controls, LetGo, AnsweredDetach);
        if (Machine.Tracer is not null)
        {
            cpu.Note(Describe(happened));
        }

        for (int i = 0; i < _monitors.Length; i++)
        {
            _laws[i].See(this, happened);
            _monitors[i]?.See(happened);
        }

        Remember(happened);
        return before;
    }

    private string Describe(EngineEvent happened) => happened.Kind switch
    {
        EngineEventKind.AttachCalled => $"attach {Label} called",
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
        EngineEventKind.EngineSeen => $"{Label}: flags {happened.Flags}, {(happened.Linked ? "linked" : "not linked")}",
        EngineEventKind.PointerUsed => $"{Target}: used without a reference after {Show(happened.Error)}",
        EngineEventKind.PidSeen => $"{Label}: the pid names {happened.Named?.ToString() ?? "nobody"}",
        EngineEventKind.PidCallReturned => $"{Label}: a call by pid returned {Show(happened.Error)}",
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
                _inFlight.Note(InFlight + 1);
                break;
            case EngineEventKind.SetEventsReturned:
                _inFlight.Note(InFlight - 1);
                _returns.Note(_returns.Peek + 1);
                if (happened.Error is Errno.None or Errno.EINPROGRESS)
                {
                    _wanted.Note(happened.Events);
                }

                break;
            case EngineEventKind.ControlCalled:
                _controls.Note(Controls + 1);
                break;
            case EngineEventKind.ControlReturned:
                _letGo.Note(LetGo || happened is
                { Action: ResumeAction.Detach, Error: Errno.None or Errno.EINPROGRESS });
                break;
            case EngineEventKind.CallbackBegan:
                _running.Note(happened.Events);
                _begun.Note(Begun + 1);
                _deaths.Note(Deaths + (happened.Events == UtraceEvents.Death ? 1 : 0));
                _reaps.Note(Reaps + (happened.Events == UtraceEvents.Reap ? 1 : 0));
                break;
            case EngineEventKind.CallbackEnded:
                _running.Note(NoCallback);
                _deathsEnded.Note(DeathsEnded + (happened.Events == UtraceEvents.Death ? 1 : 0));
                _answeredDetach.Note(AnsweredDetach || happened.Action == ResumeAction.Detach);
                break;
            case EngineEventKind.BarrierCalled or EngineEventKind.BarrierReturned or EngineEventKind.Released
                or EngineEventKind.TaskReleased or EngineEventKind.EngineSeen or EngineEventKind.AttachCalled
                or EngineEventKind.PointerUsed or EngineEventKind.PidSeen or EngineEventKind.PidCallReturned
                or EngineEventKind.ExamineBegan or EngineEventKind.ExamineEnding or EngineEventKind.ExamineEnded:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
