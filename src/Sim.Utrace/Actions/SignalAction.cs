using System.Diagnostics.CodeAnalysis;

namespace Sim.Utrace;

/// <summary>UTRACE_SIGNAL_*: what becomes of a signal, or why report_signal is called. Source: spec section 2.3.</summary>
[Flags]
[SuppressMessage("Naming", "CA1008", Justification = "zero is UTRACE_SIGNAL_DELIVER")]
public enum SignalAction
{
    /// <summary>Run the handler, or do what the signal does by default.</summary>
    Deliver = 0x00,

    /// <summary>Drop it.</summary>
    Ignore = 0x10,

    /// <summary>Kill the process.</summary>
    Terminate = 0x20,

    /// <summary>Kill it with a core dump.</summary>
    Core = 0x30,

    /// <summary>Stop the group whatever else is the case.</summary>
    Stop = 0x40,

    /// <summary>Stop the group unless its process group is orphaned.</summary>
    TerminalStop = 0x50,

    /// <summary>No signal: a report that was asked for.</summary>
    Report = 0x60,

    /// <summary>No signal: the frame of a handler has just been built.</summary>
    Handler = 0x70,

    /// <summary>UTRACE_SIGNAL_HOLD: put the signal back to the head of the task's own queue.</summary>
    Hold = 0x100,
}
