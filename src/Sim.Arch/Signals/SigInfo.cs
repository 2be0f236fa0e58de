using Sim.Machine.Ops;

namespace Sim.Arch;

/// <summary>siginfo_t: which members mean something depends on code and number, see <see cref="SigInfoLayout"/>.</summary>
/// <param name="Signo">si_signo.</param>
/// <param name="Code">si_code.</param>
[Immutable]
public readonly record struct SigInfo(int Signo, int Code)
{
    private const int SIGILL = 4;
    private const int SIGTRAP = 5;
    private const int SIGBUS = 7;
    private const int SIGFPE = 8;
    private const int SIGSEGV = 11;
    private const int SIGCHLD = 17;

    /// <summary>TRAP_HWBKPT.</summary>
    private const int LastTrapCode = 4;

    /// <summary>si_errno.</summary>
    public int Errno { get; init; }

    /// <summary>si_pid: who sent it, or which child it is about.</summary>
    public int Pid { get; init; }

    /// <summary>si_uid.</summary>
    public uint Uid { get; init; }

    /// <summary>si_value of a queued signal or a timer.</summary>
    public ulong Value { get; init; }

    /// <summary>si_addr of a fault.</summary>
    public ulong Addr { get; init; }

    /// <summary>si_status of a child.</summary>
    public int Status { get; init; }

    /// <summary>si_utime of a child.</summary>
    public long Utime { get; init; }

    /// <summary>si_stime of a child.</summary>
    public long Stime { get; init; }

    /// <summary>si_tid: which timer.</summary>
    public int TimerId { get; init; }

    /// <summary>si_overrun of a timer.</summary>
    public int Overrun { get; init; }

    /// <summary>Which members mean something.</summary>
    public SigInfoLayout Layout => (Code, Signo) switch
    {
        (SigCode.SI_TIMER, _) => SigInfoLayout.Timer,
        (SigCode.SI_USER or SigCode.SI_KERNEL or SigCode.SI_TKILL, _) => SigInfoLayout.Kill,
        ( < 0, _) => SigInfoLayout.Rt,
        (_, SIGCHLD) => SigInfoLayout.Child,

        // Above them are the codes of trace events, which say who and not where.
        ( <= LastTrapCode, SIGTRAP) => SigInfoLayout.Fault,
        (_, SIGILL or SIGBUS or SIGFPE or SIGSEGV) => SigInfoLayout.Fault,
        _ => SigInfoLayout.Kill,
    };
}

/// <summary>The members of the union in siginfo_t.</summary>
public enum SigInfoLayout
{
    /// <summary>pid, uid.</summary>
    Kill,

    /// <summary>pid, uid, value.</summary>
    Rt,

    /// <summary>pid, uid, status, utime, stime; for SIGCHLD.</summary>
    Child,

    /// <summary>addr; for SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV.</summary>
    Fault,

    /// <summary>tid, overrun, value.</summary>
    Timer,
}

/// <summary>Values of si_code that say who sent a signal.</summary>
public static class SigCode
{
    public const int SI_USER = 0;
    public const int SI_KERNEL = 0x80;
    public const int SI_QUEUE = -1;
    public const int SI_TIMER = -2;
    public const int SI_MESGQ = -3;
    public const int SI_ASYNCIO = -4;
    public const int SI_SIGIO = -5;
    public const int SI_TKILL = -6;
}
