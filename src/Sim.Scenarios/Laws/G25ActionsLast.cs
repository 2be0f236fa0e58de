using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// An action other than STOP counts until the next pass: the last pass before user mode, with what was asked for
/// since it began, decides whether the task steps. Of two steppers the one by instructions wins over the one by
/// branches. Judged as long as only the task itself makes requests. A task that steps traps at its next instruction,
/// and that trap ends the step; programs that are routines have no such trap, so a task that stepped
/// in user mode is not judged when it comes there next.
/// </summary>
public sealed class G25ActionsLast() : Law(
    "G25", "The last pass before user mode decides whether the task steps; SINGLESTEP beats BLOCKSTEP.")
{
    /// <summary>In what the task says of itself in user mode: it steps by instructions.</summary>
    public const int BySteps = 1;

    /// <summary>It steps by branches.</summary>
    public const int ByBranches = 2;

    /// <inheritdoc/>
    public override TaskMonitor WatchTask(TaskWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : PassMonitor
    {
        private readonly Ghost<ResumeAction> _wanted;
        private readonly Ghost<bool> _called;
        private readonly Ghost<bool> _unsure;
        private readonly Ghost<bool> _disturbed;
        private readonly Ghost<bool> _stepsOn;
        private readonly Ghost<int> _letGo;
        private readonly Ghost<bool> _stops;

        internal Monitor(TaskWatch watch, Law law)
            : base(watch, law)
        {
            _wanted = new Ghost<ResumeAction>(this, "wanted", ResumeAction.Detach);
            _called = new Ghost<bool>(this, "called");
            _unsure = new Ghost<bool>(this, "unsure");
            _disturbed = new Ghost<bool>(this, "disturbed");
            _stepsOn = new Ghost<bool>(this, "steps from before");
            _stops = new Ghost<bool>(this, "a stop since user mode");
            _letGo = new Ghost<int>(this, "engines that let go");
        }

        protected override void BeginPass() => _called.Note(false);

        protected override void EndPass(TaskEvent happened)
        {
            if (!_called.Peek && Hook != HookKind.NotifyResume)
            {
                // A pass that asked nobody ends what was wanted before; but perhaps there was no pass.
                _unsure.Note(true);
            }
        }

        protected override void SeeOther(TaskEvent happened)
        {
            if (happened.Kind is TaskEventKind.HookBegan && happened.Hook == HookKind.SignalHandler)
            {
                // The frame of a handler is to be reported in a pass that nobody may want.
                _unsure.Note(true);
            }
            else if (happened.MayKill)
            {
                _disturbed.Note(true);
            }
            else if (happened.Kind is TaskEventKind.InUserMode && ReferenceEquals(happened.By, Watch.Task))
            {
                if (!_stepsOn.Peek && !_stops.Peek)
                {
                    Judge(happened.Result);
                }

                _stepsOn.Note(happened.Result != 0);
                _stops.Note(false);
                _wanted.Note(ResumeAction.Detach);
                _unsure.Note(false);
            }
        }

        protected override void See(EngineWatch engine, EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.ControlCalled && !ReferenceEquals(happened.By, Watch.Task))
            {
                _disturbed.Note(true);
            }

            if (Begins(happened) && !_called.Peek)
            {
                _called.Note(true);
                _unsure.Note(false);
                _wanted.Note(ResumeAction.Resume);
            }

            bool counts = happened.IsGranted || Ends(happened);
            if (happened.Action == ResumeAction.Stop && counts)
            {
                // A stop that is taken back within a pass still counts in it, and leaves a report that may ask nobody.
                _stops.Note(true);
            }

            if (happened.Action == ResumeAction.Detach && (happened.Kind == EngineEventKind.ControlCalled || Ends(happened)))
            {
                _letGo.Note(_letGo.Peek | (1 << engine.Number));
                // A detach asks for a report, which may ask nobody and end what was wanted.
                _unsure.Note(true);
            }
            else if (counts && (_letGo.Peek & (1 << engine.Number)) == 0)
            {
                bool demoted = Hook == HookKind.Signal && Ends(happened) &&
                    happened.Action is ResumeAction.Interrupt or ResumeAction.Report;
                if (!demoted && happened.Action < _wanted.Peek)
                {
                    _wanted.Note(happened.Action);
                }
            }
        }

        private void Judge(int steps)
        {
            // DETACH: there was no pass since user mode, and so no reason to change anything.
            ResumeAction wanted = _wanted.Peek;
            if (_disturbed.Peek || _unsure.Peek || wanted < ResumeAction.SingleStep || wanted == ResumeAction.Detach)
            {
                return;
            }

            int expected = wanted switch
            {
                ResumeAction.SingleStep => BySteps,
                ResumeAction.BlockStep => BySteps | ByBranches,
                ResumeAction.Resume or ResumeAction.Stop or ResumeAction.Interrupt or ResumeAction.Report
                    or ResumeAction.Detach or _ => 0,
            };
            if (steps != expected)
            {
                Break($"{Watch.Task} is in user mode with steps {steps}, and the last pass wanted {wanted}");
            }
        }
    }
}
