using Sim.Machine.Ops;

namespace Sim.Scenarios.Life;

/// <summary>A law of the life of tasks.</summary>
/// <param name="Name">As reported.</param>
/// <param name="Sentence">The law in one sentence.</param>
[Immutable]
public sealed record LifeLaw(string Name, string Sentence);

/// <summary>
/// What holds of every task in every schedule. That nothing of a task runs after its death, and that a killed
/// task dies, shows by itself: as a use after free, and as an execution that gets stuck.
/// </summary>
public static class LifeLaws
{
    /// <summary>K1.</summary>
    public static LifeLaw ReapedOnce { get; } = new(
        "K1", "A dead task is released exactly once: by its parent, its heir, its own group or itself.");

    /// <summary>K2.</summary>
    public static LifeLaw TrueStatus { get; } = new(
        "K2", "What a wait or a call reports has happened, and is reported to one caller.");

    /// <summary>K3.</summary>
    public static LifeLaw StopBalance { get; } = new(
        "K3", "When a group stop is complete every thread that can stop has stopped, and none is waited for.");

    /// <summary>K4.</summary>
    public static LifeLaw NothingLeft { get; } = new(
        "K4", "When everyone is gone nothing is left: no task, number, signal or completion.");

    /// <summary>K5.</summary>
    public static LifeLaw ThreadData { get; } = new(
        "K5", "Thread data belongs to one thread.");

    /// <summary>K6.</summary>
    public static LifeLaw CallRegisters { get; } = new(
        "K6", "A system call that was aborted, or that a tracer changed, leaves in the registers what its processor's kernel leaves.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LifeLaw> List { get; } =
        [ReapedOnce, TrueStatus, StopBalance, NothingLeft, ThreadData, CallRegisters];
}
