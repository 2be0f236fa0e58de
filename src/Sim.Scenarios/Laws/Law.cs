using Sim.Machine.Ops;

namespace Sim.Scenarios.Laws;

/// <summary>
/// A monitor of one guarantee: it sees calls, returns and callbacks of an engine as they happen, and
/// never looks into the tracing layer.
/// </summary>
/// <param name="name">The guarantee, e.g. <c>G7</c>.</param>
/// <param name="sentence">The guarantee in one sentence.</param>
[Immutable]
public abstract class Law(string name, string sentence)
{
    /// <summary>The guarantee.</summary>
    public string Name { get; } = name;

    /// <summary>The guarantee in one sentence.</summary>
    public string Sentence { get; } = sentence;

    /// <summary>A monitor with a memory of its own for one engine; null when the law needs none.</summary>
    public virtual EngineMonitor? WatchEngine(EngineWatch watch) => null;

    /// <summary>A monitor of a task with all its engines; null when the law looks at single engines only.</summary>
    public virtual TaskMonitor? WatchTask(TaskWatch watch) => null;

    /// <summary>An event happened; the watch still says what was known before it.</summary>
    public virtual void See(EngineWatch watch, EngineEvent happened)
    {
    }

    /// <summary>The execution is over: every fiber has ended and every store is visible.</summary>
    public virtual void AtEnd(EngineWatch watch)
    {
    }
}

/// <summary>Every law there is.</summary>
public static class AllLaws
{
    /// <summary>The laws, in the order of the guarantees.</summary>
    public static IReadOnlyList<Law> List { get; } =
    [
        new G1DeathDelivery(),
        new G2DeathRefusal(),
        new G3ReapLast(),
        new G4ReapAfterDeath(),
        new G5DetachFromDeath(),
        new G6ZombieAttach(),
        new G7AttachVsRelease(),
        new G8TornDown(),
        new G9SilentDetach(),
        new G10DetachWhileStopped(),
        new G11DetachWhileRunning(),
        new G12DetachInProgress(),
        new G13DetachTooLate(),
        new G14DetachedForGood(),
        new G15ClearedEvents(),
        new G16BarrierWaits(),
        new G17NewEngine(),
        new G18Order(),
        new G19QuiesceFirst(),
        new G20QuiesceForOthers(),
        new G21Context(),
        new G22NoLocks(),
        new G23Lifetime(),
        new G24Precedence(),
        new G25ActionsLast(),
        new G26StopAnswer(),
        new G27StopHolds(),
        new G28NoStopLeft(),
        new G29GroupStopStays(),
        new G30KillFirst(),
        new G31StopPlaces(),
        new G32EntryAgain(),
        new G33Interrupt(),
        new G34Examine(),
        new G35SignalsSeen(),
        new G36PointerStays(),
        new G37NoTaskHeld(),
        new G38HeldPid(),
    ];
}
