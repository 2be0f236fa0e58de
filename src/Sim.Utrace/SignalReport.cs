using Sim.Kernel.Abi;
using Sim.Machine.Ops;

namespace Sim.Utrace;

/// <summary>
/// What report_signal is told, as the engines before it left it. An engine changes the siginfo or the handler by
/// answering others; that stands for the writable <c>info</c> and <c>return_ka</c> of the original.
/// </summary>
/// <param name="Info">The signal; its number is 0 in a report without one.</param>
/// <param name="Original">What the process asked for, orig_ka; null in a report without a signal.</param>
/// <param name="Action">What will be done if the verdict is to deliver: return_ka.</param>
[Immutable]
public readonly record struct SignalReport(SigInfo Info, SigAction? Original, SigAction Action)
{
    /// <summary>An answer that changes neither siginfo nor handler.</summary>
    public SignalAnswer Answer(Verdict verdict) => new(verdict, Info, Action);
}

/// <summary>What report_signal answers.</summary>
/// <param name="Verdict">The resume action and the <see cref="SignalAction"/>.</param>
/// <param name="Info">The siginfo from now on.</param>
/// <param name="Action">What is done from now on if the signal is delivered.</param>
[Immutable]
public readonly record struct SignalAnswer(Verdict Verdict, SigInfo Info, SigAction Action);
