using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// Who holds a task stopped, as far as calls, returns and callbacks tell: a set of engines, one bit each, for every
/// question that a law asks. Where an order is not known the answer is the one that accuses nobody.
/// </summary>
internal sealed class StopLedger : MachineObject
{
    private readonly Ghost<int> _firm;
    private readonly Ghost<int> _answered;
    private readonly Ghost<int> _inHook;
    private readonly Ghost<int> _othersAsked;
    private readonly Ghost<int> _perhaps;
    private readonly Ghost<int> _unfinished;
    private readonly Ghost<int> _leaving;
    private readonly Ghost<int> _stopping;
    private readonly Ghost<int> _letsGo;
    private readonly Ghost<int> _barrierOver;
    private readonly Ghost<long> _calls;
    private readonly Ghost<bool> _killed;
    private readonly Ghost<bool> _perhapsKilled;
    private readonly Ghost<HookKind> _hook;

    /// <summary>A ledger of one law.</summary>
    internal StopLedger(TaskWatch watch, string label)
        : base(watch.Machine, "stop ledger", label)
    {
        _firm = new Ghost<int>(this, "held by control");
        _answered = new Ghost<int>(this, "held by an answer");
        _inHook = new Ghost<int>(this, "answered in this hook");
        _othersAsked = new Ghost<int>(this, "another engine was asked since");
        _perhaps = new Ghost<int>(this, "may hold");
        _unfinished = new Ghost<int>(this, "answers that may not count yet");
        _leaving = new Ghost<int>(this, "being detached");
        _stopping = new Ghost<int>(this, "undisturbed calls of stop");
        _letsGo = new Ghost<int>(this, "undisturbed calls of release");
        _barrierOver = new Ghost<int>(this, "barriers over an answer");
        _calls = new Ghost<long>(this, "calls of release under way");
        _killed = new Ghost<bool>(this, "killed");
        _perhapsKilled = new Ghost<bool>(this, "perhaps killed");
        _hook = new Ghost<HookKind>(this, "hook");
    }

    /// <summary>Engines whose control(STOP) returned 0 and that nobody has asked for anything else since.</summary>
    internal int Firm => _firm.Peek;

    /// <summary>Engines whose last answer was STOP and that nobody has asked for anything else since.</summary>
    internal int Answered => _answered.Peek;

    /// <summary>Those of <see cref="Answered"/> that answered in the hook that is running, or has just ended.</summary>
    internal int AnsweredHere => _answered.Peek & _inHook.Peek;

    /// <summary>Those of <see cref="Answered"/> since whose answer some other engine's owner let the task go.</summary>
    internal int OthersLetGo => _answered.Peek & _othersAsked.Peek;

    /// <summary>Engines that may hold the task or be about to.</summary>
    internal int Perhaps => _perhaps.Peek;

    /// <summary>Whether SIGKILL has been, or is being, sent.</summary>
    internal bool Killed => _killed.Peek;

    /// <summary>Whether a signal has been, or is being, sent that may end the group at once.</summary>
    internal bool PerhapsKilled => _perhapsKilled.Peek;

    /// <summary>The hook that the task is in.</summary>
    internal HookKind Hook => _hook.Peek;

    /// <summary>Whether an event is the task's own doing: it runs.</summary>
    internal static bool IsOwn(TaskWatch watch, TaskEvent happened) => happened.Kind switch
    {
        TaskEventKind.InUserMode => true,
        TaskEventKind.HookBegan or TaskEventKind.HookEnded => ReferenceEquals(happened.By, watch.Task),
        TaskEventKind.OfEngine => happened.Event.Kind is EngineEventKind.CallbackBegan or EngineEventKind.CallbackEnded &&
            ReferenceEquals(happened.Event.By, watch.Task),
        TaskEventKind.LookBegan or TaskEventKind.SeenTraced or TaskEventKind.SeenNotTraced or TaskEventKind.KillSent
            or TaskEventKind.KillDone or TaskEventKind.ContinueSent or TaskEventKind.SignalSent or TaskEventKind.SignalDone => false,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The engine's bit.</summary>
    internal static int BitOf(TaskEvent happened) => happened.Engine is { } engine ? 1 << engine.Number : 0;

    /// <summary>Takes an event into account, after the law has seen it.</summary>
    internal void Remember(TaskWatch watch, TaskEvent happened)
    {
        if (happened.MayKill)
        {
            _perhapsKilled.Note(true);
        }

        switch (happened.Kind)
        {
            case TaskEventKind.KillSent:
                _killed.Note(true);
                break;
            case TaskEventKind.HookBegan when IsOwn(watch, happened):
                _hook.Note(happened.Hook);
                _unfinished.Note(0);
                if (happened.Hook != HookKind.CloneComplete)
                {
                    _inHook.Note(0);
                }

                break;
            case TaskEventKind.HookEnded when IsOwn(watch, happened):
                _hook.Note(HookKind.None);
                _unfinished.Note(0);
                break;
            case TaskEventKind.OfEngine:
                RememberEngine(BitOf(happened), happened.Engine!.Number, happened.Event);
                break;
            case TaskEventKind.HookBegan or TaskEventKind.HookEnded or TaskEventKind.InUserMode or TaskEventKind.LookBegan
                or TaskEventKind.SeenTraced or TaskEventKind.SeenNotTraced or TaskEventKind.KillDone
                or TaskEventKind.ContinueSent or TaskEventKind.SignalSent or TaskEventKind.SignalDone:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void RememberEngine(int bit, int number, EngineEvent happened)
    {
        switch (happened)
        {
            case { Kind: EngineEventKind.ControlCalled } when happened.Action == ResumeAction.Stop:
                Add(_perhaps, bit);
                Remove(_letsGo, bit);
                if (((_calls.Peek >> (number * 4)) & 0xf) == 0)
                {
                    Add(_stopping, bit);
                }

                break;
            case { Kind: EngineEventKind.ControlCalled }:
                RememberRelease(bit, number, happened.Action);
                break;
            case { Kind: EngineEventKind.ControlReturned } when happened.Action == ResumeAction.Stop:
                if (happened is { Error: Errno.None, ByTarget: false } && !PerhapsKilled &&
                    (_stopping.Peek & ~_leaving.Peek & bit) != 0)
                {
                    Add(_firm, bit);
                }

                break;
            case { Kind: EngineEventKind.ControlReturned }:
                _calls.Note(_calls.Peek - (1L << (number * 4)));
                if (happened.Error == Errno.None && (_letsGo.Peek & bit) != 0)
                {
                    Remove(_perhaps, bit);
                }

                break;
            case { Kind: EngineEventKind.BarrierCalled }:
                Add(_barrierOver, bit & _unfinished.Peek);
                break;
            case { Kind: EngineEventKind.BarrierReturned } when happened.Error == Errno.None:
                Remove(_unfinished, bit & _barrierOver.Peek);
                break;
            case { Kind: EngineEventKind.CallbackBegan } when happened.Events != UtraceEvents.Reap:
                _unfinished.Note(bit);
                Remove(_letsGo, bit);
                Remove(_barrierOver, bit);
                break;
            case { Kind: EngineEventKind.CallbackEnded } when happened.Events != UtraceEvents.Reap:
                RememberAnswer(bit, number, happened);
                break;
            default:
                break;
        }
    }

    /// <summary>Whoever calls control() with anything but STOP lets go, from when the call begins.</summary>
    private void RememberRelease(int bit, int number, ResumeAction action)
    {
        _calls.Note(_calls.Peek + (1L << (number * 4)));
        Add(_othersAsked, _answered.Peek & ~bit);
        Remove(_firm, bit);
        Remove(_answered, bit);
        Remove(_stopping, bit);
        if ((_unfinished.Peek & bit) == 0)
        {
            Add(_letsGo, bit);
        }

        if (action == ResumeAction.Detach)
        {
            Add(_leaving, bit);
        }
    }

    private void RememberAnswer(int bit, int number, EngineEvent happened)
    {
        Remove(_answered, bit);
        Remove(_inHook, bit);
        Remove(_othersAsked, bit);
        if (happened.Action == ResumeAction.Detach)
        {
            Add(_leaving, bit);
        }

        if (happened.Action == ResumeAction.Stop && happened.During != UtraceEvents.Death)
        {
            Add(_perhaps, bit);
            if (((_calls.Peek >> (number * 4)) & 0xf) == 0)
            {
                Add(_answered, bit & ~_leaving.Peek);
                Add(_inHook, bit);
            }
        }
    }

    private static void Add(Ghost<int> set, int bits) => set.Note(set.Peek | bits);

    private static void Remove(Ghost<int> set, int bits) => set.Note(set.Peek & ~bits);
}

/// <summary>A monitor of a law about stops: it looks at an event, and then the ledger takes it into account.</summary>
internal abstract class StopMonitor : TaskMonitor
{
    /// <summary>Watches a task.</summary>
    protected StopMonitor(TaskWatch watch, Law law)
        : base(watch, law)
        => Ledger = new StopLedger(watch, law.Name);

    /// <summary>Who holds the task; says what was known before the event.</summary>
    protected StopLedger Ledger { get; }

    /// <inheritdoc/>
    public sealed override void See(TaskEvent happened)
    {
        Look(happened);
        Ledger.Remember(Watch, happened);
    }

    /// <summary>An event of the task or of one of its engines.</summary>
    protected abstract void Look(TaskEvent happened);
}
