using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// After teardown ops is NULL and flags are 0; set_events, control and barrier answer -ESRCH; a caller's reference
/// keeps the engine readable; the last reference runs the release function exactly once, and not before the engine
/// is unlinked.
/// </summary>
public sealed class G8TornDown() : Law(
    "G8", "After teardown an engine is empty, every call on it answers -ESRCH, and it is released exactly once.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<int> _releases;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
            => _releases = new Ghost<int>(this, "releases");

        public override void See(EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.Released)
            {
                _releases.Note(_releases.Peek + 1);
                CheckRelease(happened);
            }
            else if (happened.Called.TornDown)
            {
                CheckTornDown(happened);
            }
        }

        public override void AtEnd()
        {
            if (Watch is { IsAttached: true, Engine.IsFreed: true } && _releases.Peek != 1)
            {
                Break($"{Watch.Label} is gone and its release function ran {_releases.Peek} times");
            }
        }

        private void CheckRelease(EngineEvent happened)
        {
            if (_releases.Peek > 1)
            {
                Break($"{Watch.Label} is released twice");
            }

            if (happened.Linked)
            {
                Break($"{Watch.Label} is released while it is attached");
            }
        }

        private void CheckTornDown(EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.EngineSeen)
            {
                // An engine that was let go before is no longer there to be torn down, and keeps the mark of that.
                if (happened.Linked || (happened.Flags != UtraceEvents.None && !Watch.WasDetached))
                {
                    Break($"the flags of {Watch.Label} are {happened.Flags}, and ops is {(happened.Linked ? "there" : "NULL")}");
                }
            }
            else if (happened.Error != Errno.ESRCH && !IsMistake(happened))
            {
                Break($"{happened.Kind} of {Watch.Label} with {happened.Error}");
            }
        }

        /// <summary>A request for a callback by an engine that never asked for one is the caller's mistake: -EINVAL.</summary>
        private static bool IsMistake(EngineEvent happened) => happened is
        {
            Kind: EngineEventKind.ControlReturned,
            Error: Errno.EINVAL,
            Action: ResumeAction.Report or ResumeAction.SingleStep or ResumeAction.BlockStep,
        } && (happened.Called.Wanted & UtraceEvents.Quiesce) == UtraceEvents.None;
    }
}
