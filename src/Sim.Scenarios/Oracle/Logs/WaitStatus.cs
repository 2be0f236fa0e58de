using System.Globalization;

namespace Sim.Scenarios.Oracle.Logs;

/// <summary>What a status word of wait says.</summary>
public enum WaitStatusKind
{
    /// <summary>Ended by exit.</summary>
    Exited,

    /// <summary>Ended by a signal.</summary>
    Killed,

    /// <summary>Stopped by a signal: a signal stop of a tracee, or a group stop.</summary>
    Stopped,

    /// <summary>At system call entry or exit, with O_SYSGOOD.</summary>
    SyscallStop,

    /// <summary>At a ptrace event.</summary>
    Event,

    /// <summary>Continued.</summary>
    Continued,
}

/// <summary>A status word. The log prints what it says and the word itself; the two must agree.</summary>
/// <param name="Word">As wait stored it.</param>
public readonly record struct WaitStatus(uint Word)
{
    private const uint AllSet = 0xffff;
    private const uint StopMark = 0x7f;
    private const uint SyscallSignal = 0x85;

    /// <summary>What it says.</summary>
    public WaitStatusKind Kind => Word switch
    {
        AllSet => WaitStatusKind.Continued,
        _ when (Word & 0xff) == StopMark && Word >> 16 != 0 => WaitStatusKind.Event,
        _ when (Word & 0xffff) == (SyscallSignal << 8 | StopMark) => WaitStatusKind.SyscallStop,
        _ when (Word & 0xff) == StopMark => WaitStatusKind.Stopped,
        _ when (Word & StopMark) == 0 => WaitStatusKind.Exited,
        _ => WaitStatusKind.Killed,
    };

    /// <summary>The exit code.</summary>
    public int ExitCode => (int)(Word >> 8 & 0xff);

    /// <summary>The signal that stopped or killed.</summary>
    public int Signal => (int)(Kind == WaitStatusKind.Killed ? Word & StopMark : Word >> 8 & 0xff);

    /// <summary>The ptrace event's number.</summary>
    public int PtraceEvent => (int)(Word >> 16);

    /// <summary>As the log has it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Says()} [0x{Word:x}]");

    private string Says() => Kind switch
    {
        WaitStatusKind.Exited => string.Create(CultureInfo.InvariantCulture, $"exited({ExitCode})"),
        WaitStatusKind.Killed => $"killed({Constants.SignalName(Signal)}{((Word & 0x80) == 0 ? "" : ",core")})",
        WaitStatusKind.Stopped => $"stopped({Constants.SignalName(Signal)})",
        WaitStatusKind.SyscallStop => "syscall-stop(SIGTRAP|0x80)",
        WaitStatusKind.Event => string.Create(CultureInfo.InvariantCulture,
            $"event({Constants.PtraceEvent(PtraceEvent) ?? PtraceEvent.ToString(CultureInfo.InvariantCulture)},{Constants.SignalName(Signal)})"),
        WaitStatusKind.Continued => "continued",
        _ => throw new InvalidOperationException($"no such kind: {Kind}"),
    };
}
