using Sim.Machine.Ops;

namespace Sim.Utrace.Variants.Historic;

/// <summary>To mid-2009: REPORT is a smaller number than INTERRUPT, and the smallest wins.</summary>
[Immutable]
internal sealed class ResumeOrderInversion()
    : UtraceVariant("resume-order-inversion", "of REPORT and INTERRUPT the weaker wins")
{
    internal override bool Outranks(ResumeAction action, ResumeAction other) => Rank(action) < Rank(other);

    private static int Rank(ResumeAction action) => action switch
    {
        ResumeAction.Report => (int)ResumeAction.Interrupt,
        ResumeAction.Interrupt => (int)ResumeAction.Report,
        ResumeAction.Stop or ResumeAction.SingleStep or ResumeAction.BlockStep or ResumeAction.Resume
            or ResumeAction.Detach or _ => (int)action,
    };
}
