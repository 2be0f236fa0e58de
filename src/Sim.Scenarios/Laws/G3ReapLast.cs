using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// No callback of any kind begins after an engine's reap callback has begun. Reap happens at most once, and exactly
/// once if the engine wants REAP when it is torn down: when it asked before release_task() began, or at the latest
/// while its own death callback ran.
/// </summary>
public sealed class G3ReapLast() : Law(
    "G3", "A reap callback is the last callback, is made at most once, and is made if it was asked for.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _owed;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
            => _owed = new Ghost<bool>(this, "reap owed");

        public override void See(EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.CallbackBegan && Watch.Reaps > 0)
            {
                Break($"{Watch.Label} gets a {happened.Events} callback after its reap callback began");
            }

            if (happened is { Kind: EngineEventKind.SetEventsReturned, Error: Errno.None or Errno.EINPROGRESS })
            {
                bool inTime = happened.TargetWas == TargetWas.NotReleasing || Watch.Deaths > Watch.DeathsEnded;
                _owed.Note((happened.Events & UtraceEvents.Reap) != UtraceEvents.None &&
                    (_owed.Peek || (inTime && !Watch.Overlaps(happened))));
            }
        }

        public override void AtEnd()
        {
            if (_owed.Peek && !Watch.WasDetached && Watch.Reaps == 0 && Watch.Target.IsFreed)
            {
                Break($"{Watch.Label} wanted REAP and the task was released without it");
            }
        }
    }
}
