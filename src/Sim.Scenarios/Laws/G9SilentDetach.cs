using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// An engine that does not want REAP is detached when the task is released, and is not told. (One that took REAP
/// back is G15's.)
/// </summary>
public sealed class G9SilentDetach() : Law(
    "G9", "An engine that never asked for REAP is detached at reap without a callback.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _asked;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
            => _asked = new Ghost<bool>(this, "asked for reap");

        public override void See(EngineEvent happened)
        {
            if (happened.Kind == EngineEventKind.SetEventsCalled &&
                (happened.Events & UtraceEvents.Reap) != UtraceEvents.None)
            {
                _asked.Note(true);
            }

            if (happened is { Kind: EngineEventKind.CallbackBegan, Events: UtraceEvents.Reap } && !_asked.Peek)
            {
                Break($"{Watch.Label} gets one");
            }
        }

        public override void AtEnd()
        {
            if (Watch is { IsAttached: true, Target.IsFreed: true, Engine: { IsFreed: false } engine } &&
                !_asked.Peek && engine.Ops.Peek is not null)
            {
                Break($"{Watch.Label} is attached to {Watch.Target}, which is gone");
            }
        }
    }
}
