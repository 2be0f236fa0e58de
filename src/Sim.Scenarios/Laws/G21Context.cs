using Sim.Kernel.Tracehook;

namespace Sim.Scenarios.Laws;

/// <summary>
/// Every callback but reap runs on the traced task itself. Reap runs on whoever tears the engines down: the
/// releaser, or the task when it was left to it.
/// </summary>
public sealed class G21Context() : Law("G21", "Every callback but reap runs on the traced task itself.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened.Kind is EngineEventKind.CallbackBegan or EngineEventKind.CallbackEnded &&
            happened.Events != UtraceEvents.Reap && !ReferenceEquals(happened.By, watch.Target))
        {
            watch.Break(this, $"the {happened.Events} callback of {watch.Label} runs on {happened.By}");
        }
    }
}
