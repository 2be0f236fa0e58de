using Sim.Kernel.Abi;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// control(DETACH) that returns 0 on a task that was stopped for tracing, and not killed, means that no further
/// callback is made with the engine's own operations. The engine that holds the stop is never told -EINPROGRESS:
/// the task considers nobody. That nobody else's stop is lost shows as a task that is stuck.
/// </summary>
public sealed class G10DetachWhileStopped() : Law(
    "G10", "After control(DETACH) of a stopped task returned 0, no further callback is made.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _letGo;
        private readonly Ghost<bool> _holds;
        private readonly Ghost<bool> _heldAtCall;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
        {
            _letGo = new Ghost<bool>(this, "let go while stopped");
            _holds = new Ghost<bool>(this, "holds the stop");
            _heldAtCall = new Ghost<bool>(this, "held the stop at the call");
        }

        public override void See(EngineEvent happened)
        {
            switch (happened)
            {
                case { Kind: EngineEventKind.CallbackBegan }:
                    _holds.Note(false);
                    if (_letGo.Peek)
                    {
                        Break($"{Watch.Label} gets a {happened.Events} callback after it");
                    }

                    break;
                case { Kind: EngineEventKind.CallbackEnded }:
                    _holds.Note(happened.Action == ResumeAction.Stop);
                    break;
                case { Kind: EngineEventKind.ControlCalled }:
                    _heldAtCall.Note(_holds.Peek && happened.Action == ResumeAction.Detach);
                    _holds.Note(false);
                    break;
                case
                { Kind: EngineEventKind.ControlReturned, Action: ResumeAction.Detach, TargetWas: TargetWas.Traced }:
                    _letGo.Note(_letGo.Peek || happened.Error == Errno.None);
                    if (_heldAtCall.Peek && happened.Error == Errno.EINPROGRESS)
                    {
                        Break($"{Watch.Label} held the task stopped and was told {happened.Error}");
                    }

                    break;
                default:
                    break;
            }
        }
    }
}
