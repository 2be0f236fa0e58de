using Sim.Machine.Memory;
using Sim.Machine.Ops;

namespace Sim.Utrace;

/// <summary>A version of the algorithm that existed. Source: spec section 7.</summary>
/// <param name="Name">As given to <c>--variant</c>.</param>
/// <param name="Summary">One line.</param>
/// <param name="FencesDeathReport">Whether the death report begins with a full fence (M6).</param>
/// <param name="NotifyResumeFence">The barrier between clearing TIF_NOTIFY_RESUME and reading the requests (M7).</param>
[Immutable]
public sealed record UtraceVariant(
    string Name, string Summary, bool FencesDeathReport, FenceKind NotifyResumeFence)
{
    /// <summary>The posting of 2009-11-24.</summary>
    public static UtraceVariant P { get; } = new(
        "p", "the posting of 2009-11-24 that was under review", true, FenceKind.Read);

    /// <summary>API version 20091216.</summary>
    public static UtraceVariant B { get; } = new(
        "b", "API version 20091216 of 2.6.32, the reference", false, FenceKind.Full);

    /// <summary>All variants.</summary>
    public static IReadOnlyList<UtraceVariant> All { get; } = [P, B];
}
