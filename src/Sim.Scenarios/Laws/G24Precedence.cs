using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// Each engine is told the smallest action of those before it in the pass, where an engine that holds a stop counts
/// as STOP, and may count for itself; for signals and system calls also the event bits of the callback before. The bits of the last callback
/// decide. Judged as long as only the task itself makes requests: of others' it cannot be known when they count.
/// </summary>
public sealed class G24Precedence() : Law(
    "G24", "Each engine is told the strongest action of those before it, and the last callback's event bits win.")
{
    /// <inheritdoc/>
    public override TaskMonitor WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : PassMonitor
    {
        private readonly Ghost<ResumeAction> _least;
        private readonly Ghost<int> _bits;
        private readonly Ghost<int> _holding;
        private readonly Ghost<int> _detached;
        private readonly Ghost<int> _attached;
        private readonly Ghost<int>[] _olders;
        private readonly Ghost<bool> _disturbed;
        private readonly Ghost<int> _called;
        private readonly Ghost<int> _last;
        private readonly Ghost<int> _since;
        private readonly Ghost<int> _held;
        private readonly Ghost<bool> _toldEvent;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _least = new Ghost<ResumeAction>(this, "least", ResumeAction.Resume);
            _bits = new Ghost<int>(this, "bits", Unknown);
            _holding = new Ghost<int>(this, "holding");
            _detached = new Ghost<int>(this, "detached");
            _attached = new Ghost<int>(this, "attached");
            _olders = [.. Enumerable.Range(0, SettledEvents.Most).Select(i => new Ghost<int>(this, $"older than {i}"))];
            _disturbed = new Ghost<bool>(this, "disturbed");
            _called = new Ghost<int>(this, "called in this pass");
            _last = new Ghost<int>(this, "last called", Nobody);
            _held = new Ghost<int>(this, "held when asked in this pass");
            _since = new Ghost<int>(this, "took hold in this pass");
            _toldEvent = new Ghost<bool>(this, "last called for the event itself");
        }

        private static int Unknown => -1;

        private static int Nobody => -1;

        protected override void BeginPass()
        {
            _least.Note(ResumeAction.Resume);
            _bits.Note(Hook == HookKind.SyscallEntry ? 0 : Unknown);
            _called.Note(0);
            _since.Note(0);
            _held.Note(0);
            _last.Note(Nobody);
        }

        protected override void EndPass(TaskEvent happened)
        {
            if (Hook == HookKind.SyscallEntry && !_disturbed.Peek &&
                (happened.Result != 0) != (new Verdict(ResumeAction.Resume, _bits.Peek).Syscall == SyscallAction.Abort))
            {
                Break("the last callback does not decide whether the system call is made");
            }
        }

        protected override void SeeOther(TaskEvent happened)
        {
            if (happened.MayKill)
            {
                _disturbed.Note(true);
            }
        }

        protected override void See(EngineWatch engine, EngineEvent happened)
        {
            int bit = 1 << engine.Number;
            if (happened.Kind == EngineEventKind.AttachCalled)
            {
                _olders[engine.Number].Note(_attached.Peek);
            }
            else if (happened.Kind == EngineEventKind.AttachReturned)
            {
                _attached.Note(_attached.Peek | bit);
            }
            else if (happened.Kind is EngineEventKind.ControlCalled && !ReferenceEquals(happened.By, Watch.Task))
            {
                _disturbed.Note(true);
            }
            else if (happened.IsGranted)
            {
                // One that takes hold within a pass may have been passed over before.
                _since.Note(_called.Peek != 0 ? _since.Peek | bit : _since.Peek & ~bit);
                Hold(bit, happened.Action);
            }
            else if (happened.Kind is EngineEventKind.CallbackBegan && Begins(happened))
            {
                FollowPass(engine.Number, happened.Events == UtraceEvents.Quiesce);
                if (!_disturbed.Peek)
                {
                    Compare(engine, happened);
                }

                // An engine that holds a stop may count as STOP even if it is asked and takes it back.
                _held.Note(_held.Peek | (_holding.Peek & ~_detached.Peek & bit));
            }
            else if (happened.Kind is EngineEventKind.CallbackEnded && Ends(happened))
            {
                Take(bit, happened);
            }
        }

        /// <summary>An engine that is called again, or too late for its age, is called in another pass of the same hook.</summary>
        private void FollowPass(int number, bool quiesce)
        {
            int bit = 1 << number;
            bool again = _last.Peek == number ? quiesce || _toldEvent.Peek : (_called.Peek & bit) != 0 || IsBackAtTheYoungest(number);
            if (again)
            {
                // What the last engine wanted of a system call stays until an engine says otherwise.
                int bits = _bits.Peek;
                BeginPass();
                _bits.Note(Hook == HookKind.SyscallEntry ? bits : Unknown);
            }

            _called.Note(_called.Peek | bit);
            _last.Note(number);
            _toldEvent.Note(!quiesce);
        }

        /// <summary>Whether an older engine was called before, where the youngest comes first.</summary>
        private bool IsBackAtTheYoungest(int number)
            => Hook == HookKind.SyscallEntry && _last.Peek != Nobody && (_olders[number].Peek & (1 << _last.Peek)) != 0;

        private void Hold(int bit, ResumeAction action)
        {
            _holding.Note(action == ResumeAction.Stop ? _holding.Peek | bit : _holding.Peek & ~bit);
            _detached.Note(action == ResumeAction.Detach ? _detached.Peek | bit : _detached.Peek);
        }

        private void Compare(EngineWatch engine, EngineEvent happened)
        {
            if (Hook == HookKind.Death && happened.Events == UtraceEvents.Death)
            {
                return;
            }

            int holding = _holding.Peek & ~_detached.Peek;
            ResumeAction told = IsHeldBefore(engine, holding & ~_since.Peek) ? ResumeAction.Stop : _least.Peek;
            bool may = happened.Seen.Resume == ResumeAction.Stop &&
                ((holding & (1 << engine.Number)) != 0 || IsHeldBefore(engine, holding | _held.Peek));
            if (happened.Seen.Resume != told && !may)
            {
                Break($"{engine.Label} is told {happened.Seen.Resume} in its {happened.Events} callback " +
                    $"in the {Hook} pass, where the engines before want {told}");
            }

            int bits = happened.Seen.Bits & ~(int)SyscallAction.Resumed;
            if (happened.Events is UtraceEvents.SyscallEntry or UtraceEvents.SignalAll && _bits.Peek != Unknown &&
                bits != (_bits.Peek & ~(int)SyscallAction.Resumed))
            {
                Break($"{engine.Label} is told {bits:x} in the {Hook} pass, where the callback before answered {_bits.Peek:x}");
            }
        }

        /// <summary>Whether an engine that comes before another in the pass is among those that hold a stop.</summary>
        private bool IsHeldBefore(EngineWatch engine, int holding)
        {
            for (int i = 0; i < SettledEvents.Most; i++)
            {
                bool before = Hook == HookKind.SyscallEntry
                    ? (_olders[i].Peek & (1 << engine.Number)) != 0
                    : (_olders[engine.Number].Peek & (1 << i)) != 0;
                if (before && (holding & (1 << i)) != 0)
                {
                    return true;
                }
            }

            return false;
        }

        private void Take(int bit, EngineEvent happened)
        {
            bool signal = Hook == HookKind.Signal && happened.Events == UtraceEvents.Quiesce;
            _bits.Note(signal && _bits.Peek != Unknown ? _bits.Peek | happened.Bits : signal ? Unknown : happened.Bits);
            ResumeAction action = happened.Action;
            if (Hook == HookKind.Signal && action is ResumeAction.Interrupt or ResumeAction.Report)
            {
                action = ResumeAction.Resume;
            }

            if (action == ResumeAction.Detach || (_detached.Peek & bit) != 0)
            {
                Hold(bit, ResumeAction.Detach);
                return;
            }

            Hold(bit, action);
            _least.Note(action < _least.Peek ? action : _least.Peek);
        }
    }
}
