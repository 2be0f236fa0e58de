namespace Sim.Scenarios.Laws;

/// <summary>
/// Who has a pointer to a task and no reference may use it up to rcu_read_unlock() if a set_events or control in that
/// read section did not answer -ESRCH. Any other answer, an error too, says that the engine was attached, and so the
/// task is there.
/// </summary>
public sealed class G36PointerStays() : Law(
    "G36", "A call that does not answer ESRCH keeps the task for the rest of its caller's RCU read section.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is { Kind: EngineEventKind.PointerUsed, Freed: true })
        {
            string answer = happened.Error == Kernel.Abi.Errno.None ? "0" : $"-{happened.Error}";
            watch.Break(this, $"{watch.Target} was freed in the section in which the call answered {answer}");
        }
    }
}
