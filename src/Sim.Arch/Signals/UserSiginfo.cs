using Sim.Machine.Ops;

namespace Sim.Arch;

/// <summary>
/// siginfo_t as user mode has it: which members mean something depends on code and number, see
/// <see cref="SiginfoLayout"/>.
/// </summary>
/// <param name="Signo">si_signo.</param>
/// <param name="Code">si_code.</param>
[Immutable]
public readonly record struct UserSiginfo(int Signo, int Code)
{
    /// <summary>si_code of kill().</summary>
    public const int SI_USER = 0;

    /// <summary>si_code of the kernel itself.</summary>
    public const int SI_KERNEL = 0x80;

    /// <summary>si_code of sigqueue().</summary>
    public const int SI_QUEUE = -1;

    /// <summary>si_code of a timer.</summary>
    public const int SI_TIMER = -2;

    /// <summary>si_code of a message queue.</summary>
    public const int SI_MESGQ = -3;

    /// <summary>si_code of tkill() and tgkill().</summary>
    public const int SI_TKILL = -6;

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
    public SiginfoLayout Layout => (Code, Signo) switch
    {
        (SI_TIMER, _) => SiginfoLayout.Timer,
        (SI_USER or SI_KERNEL or SI_TKILL, _) => SiginfoLayout.Kill,
        ( < 0, _) => SiginfoLayout.Rt,
        (_, SIGCHLD) => SiginfoLayout.Child,

        // Above them are the codes of trace events, which say who and not where.
        ( <= LastTrapCode, SIGTRAP) => SiginfoLayout.Fault,
        (_, SIGILL or SIGBUS or SIGFPE or SIGSEGV) => SiginfoLayout.Fault,
        _ => SiginfoLayout.Kill,
    };
}

/// <summary>The members of the union in siginfo_t.</summary>
public enum SiginfoLayout
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
