using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// SIGKILL has its effect whatever engines answer or ask: a task that has been killed is not stopped for tracing. It is
/// never passed to report_signal. A task killed in a stop at the entry of a system call does not make the call; one
/// killed in a stop of the signal path takes SIGKILL and no other signal.
/// </summary>
public sealed class G30KillFirst() : Law(
    "G30", "Nothing that an engine does delays SIGKILL or takes its place.")
{
    /// <inheritdoc/>
    public override TaskMonitor? WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : StopMonitor
    {
        private readonly Ghost<bool> _sent;
        private readonly Ghost<bool> _before;
        private readonly Ghost<int> _bits;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _sent = new Ghost<bool>(this, "fatal signal sent");
            _before = new Ghost<bool>(this, "killed when the look began");
            _bits = new Ghost<int>(this, "bits of the last answer");
        }

        protected override void Look(TaskEvent happened)
        {
            switch (happened)
            {
                case { Kind: TaskEventKind.KillDone }:
                    _sent.Note(true);
                    break;
                case { Kind: TaskEventKind.LookBegan }:
                    _before.Note(_sent.Peek);
                    break;
                case { Kind: TaskEventKind.SeenTraced } when _before.Peek:
                    Break($"{Watch.Task} is stopped for tracing after it was killed");
                    break;
                case { Kind: TaskEventKind.OfEngine } when happened.Event is
                { Kind: EngineEventKind.CallbackBegan, Events: UtraceEvents.SignalAll, Signal: Signals.SIGKILL }:
                    Break($"{happened.Engine!.Label} is asked about SIGKILL");
                    break;
                case { Kind: TaskEventKind.OfEngine } when happened.Event.Kind == EngineEventKind.CallbackEnded:
                    _bits.Note(DispositionAfter(happened.Event));
                    break;
                case { Kind: TaskEventKind.HookEnded } when Ledger.Killed && Ledger.AnsweredHere != 0:
                    LookAtEnd(happened);
                    break;
                default:
                    break;
            }
        }

        /// <summary>What a callback leaves of a signal; quiesce has no say, but is told whether there is a signal.</summary>
        private static int DispositionAfter(EngineEvent happened)
            => happened.Events != UtraceEvents.Quiesce ? happened.Bits
                : (int)(happened.During == UtraceEvents.None ? SignalAction.Report : SignalAction.Deliver);

        /// <summary>Whether a signal report stops the task: not when it ends in a signal that has its effect at once.</summary>
        private bool StopsHere
            => new Verdict(ResumeAction.Stop, _bits.Peek).Signal is SignalAction.Ignore or SignalAction.Report or SignalAction.Handler;

        /// <summary>An engine that answered STOP in this hook still holds the task: only the kill ended its stop.</summary>
        private void LookAtEnd(TaskEvent happened)
        {
            if (happened is { Hook: HookKind.SyscallEntry, Result: 0 })
            {
                Break($"{Watch.Task} makes a system call although it was killed at its entry");
            }
            else if (happened is { Hook: HookKind.Signal, Result: > 0 and not Signals.SIGKILL } && _sent.Peek && StopsHere)
            {
                Break($"{Watch.Task} takes signal {happened.Result} although it was killed");
            }
        }
    }
}
