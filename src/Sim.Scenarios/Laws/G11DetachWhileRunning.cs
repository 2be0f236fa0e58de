using Sim.Kernel.Abi;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// control(DETACH) that returns 0 means that at that moment no callback to the engine was in progress and that none
/// will start, whether the task was running or dead. (Of a stopped task: G10.)
/// </summary>
public sealed class G11DetachWhileRunning() : Law(
    "G11", "When control(DETACH) returns 0, no callback runs and none will start.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _letGo;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
            => _letGo = new Ghost<bool>(this, "let go with 0");

        public override void See(EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.CallbackBegan && _letGo.Peek)
            {
                Break($"{Watch.Label} gets a {happened.Events} callback after it");
            }

            if (happened is { Kind: EngineEventKind.ControlReturned, Action: ResumeAction.Detach, Error: Errno.None } &&
                happened.TargetWas != TargetWas.Traced)
            {
                _letGo.Note(true);
                if (Watch.InCallback)
                {
                    Break($"{Watch.Label} is in its {Watch.Running} callback");
                }
            }
        }
    }
}
