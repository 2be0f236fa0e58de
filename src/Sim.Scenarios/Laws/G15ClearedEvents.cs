using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// set_events that returns 0 after clearing bits means that no callback of a cleared event is in progress or can
/// start; -EINPROGRESS that one possibly is, with the change in force for later ones. A call that only adds, or that
/// the task itself makes, never answers -EINPROGRESS.
/// </summary>
public sealed class G15ClearedEvents() : Law(
    "G15", "When set_events returns 0, no callback of a cleared event runs or will start.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    /// <summary>The bits of which one must be set for a callback to be made.</summary>
    private static UtraceEvents AskedBy(EngineEvent callback) => callback.Events switch
    {
        UtraceEvents.SignalAll => UtraceEvents.SignalAll | UtraceEvents.Quiesce,
        UtraceEvents.Quiesce => UtraceEvents.Quiesce | (callback.During & UtraceEvents.SignalAll),
        UtraceEvents.None or UtraceEvents.Reap or UtraceEvents.Clone or UtraceEvents.Exec or UtraceEvents.SyscallExit
            or UtraceEvents.Signal or UtraceEvents.SignalIgnored or UtraceEvents.SignalStop
            or UtraceEvents.SignalTerminate or UtraceEvents.SignalCore or UtraceEvents.Jctl or UtraceEvents.EngineStop
            or UtraceEvents.Exit or UtraceEvents.Death or UtraceEvents.SyscallEntry or UtraceEvents.Syscall
            or UtraceEvents.DeathEvents or _ => callback.Events,
    };

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<UtraceEvents> _granted;
        private readonly Ghost<UtraceEvents> _pending;
        private readonly Ghost<UtraceEvents> _everAsked;
        private readonly Ghost<UtraceEvents> _running;
        private readonly Ghost<int> _grace;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
        {
            _granted = new Ghost<UtraceEvents>(this, "granted");
            _pending = new Ghost<UtraceEvents>(this, "asked for by calls that run");
            _everAsked = new Ghost<UtraceEvents>(this, "ever asked for");
            _running = new Ghost<UtraceEvents>(this, "what asked for the callback");
            _grace = new Ghost<int>(this, "grace");
        }

        public override void See(EngineEvent happened)
        {
            switch (happened)
            {
                case { Kind: EngineEventKind.SetEventsCalled }:
                    _pending.Note(_pending.Peek | happened.Events);
                    _everAsked.Note(_everAsked.Peek | happened.Events);
                    break;
                case { Kind: EngineEventKind.SetEventsReturned }:
                    CheckReturn(happened);
                    Settle(happened);
                    break;
                case { Kind: EngineEventKind.CallbackBegan }:
                    CheckCallback(happened);
                    _running.Note(AskedBy(happened));
                    break;
                default:
                    break;
            }
        }

        /// <summary>An engine that was let go is G10's to G12's; a reap that nobody ever asked for is G9's.</summary>
        private void CheckCallback(EngineEvent happened)
        {
            UtraceEvents asked = AskedBy(happened);
            if (Watch.LetGo || (asked & (_granted.Peek | _pending.Peek)) != UtraceEvents.None ||
                (happened.Events == UtraceEvents.Reap && (_everAsked.Peek & UtraceEvents.Reap) == UtraceEvents.None))
            {
                return;
            }

            if (_grace.Peek == 0)
            {
                Break($"{Watch.Label} gets a {happened.Events} callback that it no longer asks for");
            }

            _grace.Note(0);
        }

        private void CheckReturn(EngineEvent happened)
        {
            UtraceEvents before = happened.Called.Wanted;
            bool alone = !Watch.Overlaps(happened);
            if (happened.Error == Errno.None && alone && !happened.ByTarget && Watch is { InCallback: true, LetGo: false } &&
                (_running.Peek & before) != UtraceEvents.None &&
                (_running.Peek & happened.Events) == UtraceEvents.None)
            {
                Break($"{Watch.Label} is in its {Watch.Running} callback");
            }

            if (happened.Error == Errno.EINPROGRESS && happened.ByTarget)
            {
                Break($"a call for {Watch.Label} by the task itself answers -EINPROGRESS");
            }

            if (happened.Error == Errno.EINPROGRESS && alone && (before & ~happened.Events) == UtraceEvents.None)
            {
                Break($"a call for {Watch.Label} that clears nothing answers -EINPROGRESS");
            }
        }

        /// <summary>Of calls at the same time nobody knows which was the last: what either asked for may be granted.</summary>
        private void Settle(EngineEvent happened)
        {
            bool alone = !Watch.Overlaps(happened);
            if (happened.Error is Errno.None or Errno.EINPROGRESS)
            {
                _granted.Note(alone ? happened.Events : _granted.Peek | happened.Events);
                _grace.Note(happened.Error == Errno.EINPROGRESS && !Watch.InCallback ? 1 : 0);
            }

            if (Watch.InFlight == 1)
            {
                _pending.Note(UtraceEvents.None);
            }
        }
    }
}
