using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// On a task in EXIT_ZOMBIE attach succeeds; it may fail with -ESRCH only once somebody has made the task EXIT_DEAD.
/// REAP may be asked for until the release begins (that it is then delivered is G3; that DEATH and QUIESCE are
/// refused is G2), and control other than DETACH answers -ESRCH.
/// </summary>
public sealed class G6ZombieAttach() : Law(
    "G6", "A zombie can be attached to and its REAP asked for; it cannot be controlled.")
{
    /// <inheritdoc/>
    public override void See(EngineWatch watch, EngineEvent happened)
    {
        if (happened is
            { Kind: EngineEventKind.AttachReturned, Error: Errno.ESRCH, TargetWas: TargetWas.NotDead })
        {
            watch.Break(this, $"the attach of {watch.Label} failed although nobody was releasing {watch.Target}");
        }

        if (happened.Kind == EngineEventKind.ControlReturned && happened.Called.Exited &&
            happened.Action != ResumeAction.Detach && happened.Error != Errno.ESRCH && !LacksQuiesce(happened))
        {
            watch.Break(this, $"control({happened.Action}) of {watch.Label} answered {happened.Error}");
        }

        if (happened.Kind == EngineEventKind.SetEventsReturned && AsksOnlyForReap(happened) &&
            happened.TargetWas == TargetWas.NotReleasing && !watch.Overlaps(happened) &&
            watch.Controls == 0 && !watch.AnsweredDetach && happened.Error != Errno.None)
        {
            watch.Break(this, $"REAP for {watch.Label} was refused with {happened.Error}");
        }
    }

    /// <summary>A request for a callback by an engine that never asked for one is the caller's mistake: -EINVAL.</summary>
    private static bool LacksQuiesce(EngineEvent happened) => happened.Error == Errno.EINVAL &&
        (happened.Called.Wanted & UtraceEvents.Quiesce) == UtraceEvents.None;

    private static bool AsksOnlyForReap(EngineEvent happened) => happened.Called.Exited &&
        happened.Events == (happened.Called.Wanted | UtraceEvents.Reap);
}
