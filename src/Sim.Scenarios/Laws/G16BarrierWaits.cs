using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// barrier that returns 0 means that at some moment after the call began no ordinary callback (any but reap) to the
/// engine was in progress, and that what the last one answered is applied: the mark of a stop, or of a detach.
/// -ESRCH means that the engine is gone from the task, -ERESTARTSYS that the caller has a signal. From the task
/// itself it returns 0 at once.
/// </summary>
public sealed class G16BarrierWaits() : Law(
    "G16", "When barrier returns 0, the callback that ran when it was called is over, and its answer applied.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _gone;
        private readonly Ghost<int> _detachedBy;
        private readonly Ghost<bool> _stopped;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
        {
            _gone = new Ghost<bool>(this, "told -ESRCH");
            _detachedBy = new Ghost<int>(this, "callback that answered DETACH", int.MaxValue);
            _stopped = new Ghost<bool>(this, "last callback answered STOP");
        }

        public override void See(EngineEvent happened)
        {
            switch (happened)
            {
                case { Kind: EngineEventKind.CallbackBegan } when _gone.Peek:
                    Break($"{Watch.Label} is gone and gets a {happened.Events} callback");
                    break;
                case { Kind: EngineEventKind.CallbackEnded }:
                    _stopped.Note(happened.Action == ResumeAction.Stop);
                    if (happened.Action == ResumeAction.Detach)
                    {
                        _detachedBy.Note(int.Min(_detachedBy.Peek, Watch.Begun));
                    }

                    break;
                case { Kind: EngineEventKind.BarrierReturned, ByTarget: true }:
                    if (happened.Error != Errno.None)
                    {
                        Break($"from the task itself it answered {happened.Error}");
                    }

                    break;
                case { Kind: EngineEventKind.BarrierReturned, Error: Errno.None }:
                    CheckOver(happened);
                    CheckApplied(happened);
                    break;
                case { Kind: EngineEventKind.BarrierReturned, Error: Errno.ESRCH }:
                    _gone.Note(true);
                    if (Watch.InCallback)
                    {
                        Break($"it says that {Watch.Label} is gone, which is in its {Watch.Running} callback");
                    }

                    break;
                case { Kind: EngineEventKind.BarrierReturned } when happened.Error != Errno.ERESTARTSYS || !happened.Signalled:
                    Break($"it answered {happened.Error}, {(happened.Signalled ? "with" : "without")} a signal");
                    break;
                default:
                    break;
            }
        }

        private void CheckOver(EngineEvent happened)
        {
            if (happened.Called.InCallback && Watch.InCallback && Watch.Begun == happened.Called.Begun &&
                Watch.Running != UtraceEvents.Reap)
            {
                Break($"{Watch.Label} is still in the {Watch.Running} callback that ran when barrier was called");
            }
        }

        private void CheckApplied(EngineEvent happened)
        {
            if (_detachedBy.Peek <= happened.Called.Begun)
            {
                Break($"{Watch.Label} had answered DETACH and is attached");
            }

            // Nothing has happened since the answer that could have taken the mark away again.
            if (_stopped.Peek && !Watch.InCallback && Watch.Begun == happened.Called.Begun && Watch.Controls == 0 &&
                happened.TargetWas == TargetWas.NotReleasing &&
                (happened.Flags & UtraceEvents.EngineStop) == UtraceEvents.None)
            {
                Break($"{Watch.Label} had answered STOP and does not hold the task");
            }
        }
    }
}
