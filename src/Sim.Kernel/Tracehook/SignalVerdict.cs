using Sim.Kernel.Abi;
using Sim.Machine.Ops;

namespace Sim.Kernel.Tracehook;

/// <summary>What tracing wants done before the kernel takes a signal, or what is to be delivered.</summary>
/// <param name="Signal">
/// 0 when tracing has nothing to say; less when it released siglock and all begins again; otherwise the signal
/// whose default action or handler is to be applied, which need not be the one in the siginfo.
/// </param>
/// <param name="Info">The siginfo to deliver and report.</param>
/// <param name="Action">What to do.</param>
[Immutable]
public readonly record struct SignalVerdict(int Signal, SigInfo Info, SigAction Action)
{
    /// <summary>siglock was released: look again.</summary>
    public static SignalVerdict Again => new(-1, default, default);
}
