using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// -EALREADY from DETACH means that death is being reported: a death callback that was asked for has happened or
/// will, and the engine stays attached unless a callback answers DETACH. -ESRCH means that the engine was detached
/// already, or that reaping has started: a reap callback that was asked for has happened or will.
/// </summary>
public sealed class G13DetachTooLate() : Law(
    "G13", "A control(DETACH) that comes too late says who cleans up.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _dying;
        private readonly Ghost<bool> _gone;
        private readonly Ghost<bool> _early;
        private readonly Ghost<UtraceEvents> _promised;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
        {
            _dying = new Ghost<bool>(this, "told -EALREADY");
            _gone = new Ghost<bool>(this, "told -ESRCH");
            _early = new Ghost<bool>(this, "told -ESRCH before the release");
            _promised = new Ghost<UtraceEvents>(this, "promised");
        }

        public override void See(EngineEvent happened)
        {
            if (happened is { Kind: EngineEventKind.ControlReturned, Action: ResumeAction.Detach })
            {
                SeeDetach(happened);
            }
        }

        public override void AtEnd()
        {
            if (Watch.WasDetached)
            {
                return;
            }

            if (_early.Peek)
            {
                Break($"{Watch.Label} was told -ESRCH, neither detached nor being reaped");
            }

            if (_dying.Peek && Watch.Deaths == 0 && Promises(UtraceEvents.Death))
            {
                Break($"{Watch.Label} was told -EALREADY and got no death callback");
            }

            if ((_gone.Peek || (_dying.Peek && Watch.Target.IsFreed)) && Watch.Reaps == 0 && Promises(UtraceEvents.Reap))
            {
                Break($"{Watch.Label} was told {(_gone.Peek ? "-ESRCH" : "-EALREADY")} and got no reap callback");
            }
        }

        private void SeeDetach(EngineEvent happened)
        {
            if (happened.Error == Errno.EALREADY)
            {
                _dying.Note(true);
                _promised.Note(_promised.Peek | Kept(happened));
                if (happened.TargetWas == TargetWas.Alive || happened.Called.DeathOver)
                {
                    Break($"{Watch.Label} was told -EALREADY and death was not being reported");
                }
            }
            else if (happened.Error == Errno.ESRCH && !Watch.WasDetached)
            {
                _gone.Note(true);
                _early.Note(_early.Peek || happened.TargetWas == TargetWas.NotReleasing);
                _promised.Note(_promised.Peek | Kept(happened));
            }
        }

        /// <summary>What was wanted before the call and after it, with nobody about to change it.</summary>
        private UtraceEvents Kept(EngineEvent happened)
            => Watch.InFlight == 0 ? happened.Called.Wanted & Watch.Wanted : UtraceEvents.None;

        private bool Promises(UtraceEvents happens)
            => (_promised.Peek & Watch.Wanted & happens) != UtraceEvents.None;
    }
}
