using Sim.Kernel.Abi;

namespace Sim.Kernel.Memory;

/// <summary>The signal of a fault that nothing can mend. Source: arch/x86/mm/fault.c.</summary>
internal static class FaultSignals
{
    private const int BusAdrerr = 2;

    /// <summary>Which signal, and its si_code.</summary>
    internal static (int Signal, int Code) Signal(this FaultCode fault) => fault switch
    {
        FaultCode.MapError => (Abi.Signals.SIGSEGV, SiCode.SegvMaperr),
        FaultCode.AccessError => (Abi.Signals.SIGSEGV, SiCode.SegvAccerr),
        FaultCode.BusError => (Abi.Signals.SIGBUS, BusAdrerr),
        FaultCode.NotCanonical => (Abi.Signals.SIGSEGV, SiCode.Kernel),
        FaultCode.None => (0, 0),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
