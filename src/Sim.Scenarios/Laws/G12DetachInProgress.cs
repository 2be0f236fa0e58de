using Sim.Kernel.Abi;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// control(DETACH) that returns -EINPROGRESS means that the engine was being considered: at most the
/// callback being made or decided on uses the old operations, and none after it.
/// </summary>
public sealed class G12DetachInProgress() : Law(
    "G12", "After control(DETACH) answers -EINPROGRESS at most the current callback is made.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _letGo;
        private readonly Ghost<int> _last;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
        {
            _letGo = new Ghost<bool>(this, "let go with -EINPROGRESS");
            _last = new Ghost<int>(this, "last callback");
        }

        public override void See(EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.CallbackBegan && _letGo.Peek && Watch.Begun >= _last.Peek)
            {
                Break($"{Watch.Label} gets another {happened.Events} callback");
            }

            if (happened is
                { Kind: EngineEventKind.ControlReturned, Action: ResumeAction.Detach, Error: Errno.EINPROGRESS } &&
                !_letGo.Peek)
            {
                // The one that runs; if none does, the one that was being decided on.
                _letGo.Note(true);
                _last.Note(Watch.InCallback ? Watch.Begun : Watch.Begun + 1);
            }
        }
    }
}
