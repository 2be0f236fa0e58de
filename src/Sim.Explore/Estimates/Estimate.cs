namespace Sim.Explore.Estimates;

/// <summary>How many executions an exploration will have, as far as can be told.</summary>
/// <param name="Executions">The best guess.</param>
/// <param name="Low">Not fewer, most likely; never fewer than there were so far.</param>
/// <param name="High">Not more, most likely.</param>
public readonly record struct Estimate(double Executions, double Low, double High)
{
    /// <summary>Whether the guess may be told as one number: it is hardly off by more than a factor of 2.</summary>
    public bool IsClose => High <= 2 * Executions && Low * 2 >= Executions;

    /// <summary>How long an exploration still takes that came so far in so much time.</summary>
    /// <param name="all">Executions in all.</param>
    /// <param name="done">Executions so far.</param>
    /// <param name="before">How many of them an earlier run explored.</param>
    /// <param name="elapsed">What the others took.</param>
    public static TimeSpan Left(double all, long done, long before, TimeSpan elapsed)
        => TimeSpan.FromSeconds(Math.Min(
            elapsed.TotalSeconds * Math.Max(0, all - done) / Math.Max(1, done - before),
            TimeSpan.FromDays(36_500).TotalSeconds));
}
