using Sim.Kernel.Abi;

namespace Sim.Scenarios.Laws;

/// <summary>
/// On a task in EXIT_ZOMBIE attach succeeds; it may fail with -ESRCH only once somebody has made the
/// task EXIT_DEAD.
/// </summary>
public sealed class G6ZombieAttach() : Law(
    "G6", "Attaching to a zombie succeeds.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is
            { Kind: EngineEventKind.AttachReturned, Error: Errno.ESRCH, TargetWas: TargetWas.NotDead })
        {
            watch.Break(this, $"the attach of {watch.Label} failed although nobody was releasing {watch.Target}");
        }
    }
}
