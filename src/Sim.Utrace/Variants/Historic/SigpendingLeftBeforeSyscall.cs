using Sim.Machine.Ops;

namespace Sim.Utrace.Variants.Historic;

/// <summary>To 2007: a task whose stop is over does not look again whether a signal is pending.</summary>
[Immutable]
internal sealed class SigpendingLeftBeforeSyscall()
    : UtraceVariant("sigpending-left-before-syscall", "TIF_SIGPENDING stays from a stop")
{
    internal override bool RecalculatesAfterStop => false;
}
