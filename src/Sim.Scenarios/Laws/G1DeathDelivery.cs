using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>
/// If set_events with DEATH returns 0 or -EINPROGRESS, and the engine is neither detached nor has DEATH taken back
/// before death is reported, exactly one death callback is made to it, never two.
/// </summary>
public sealed class G1DeathDelivery() : Law(
    "G1", "A promised death callback is made exactly once.")
{
    /// <inheritdoc/>
    public override EngineMonitor WatchEngine(EngineWatch watch) => new Monitor(watch, this);

    private sealed class Monitor : EngineMonitor
    {
        private readonly Ghost<bool> _promised;

        internal Monitor(EngineWatch watch, Law law)
            : base(watch, law)
            => _promised = new Ghost<bool>(this, "death promised");

        public override void See(EngineEvent happened)
        {
            if (happened is { Kind: EngineEventKind.CallbackBegan, Events: UtraceEvents.Death } && Watch.Deaths > 0)
            {
                Break($"{Watch.Label} gets a second one");
            }

            if (happened is { Kind: EngineEventKind.SetEventsReturned, Error: Errno.None or Errno.EINPROGRESS })
            {
                // Of two calls at the same time nobody knows which was the last.
                bool asked = (happened.Events & UtraceEvents.Death) != UtraceEvents.None;
                _promised.Note(asked && (_promised.Peek || !Watch.Overlaps(happened)));
            }
        }

        public override void AtEnd()
        {
            if (_promised.Peek && !Watch.WasDetached && Watch.Deaths == 0 &&
                Watch.Target.ExitState.Peek != ExitState.Alive)
            {
                Break($"{Watch.Label} asked for DEATH, set_events agreed, and {Watch.Target} died without one");
            }
        }
    }
}
