namespace Sim.Kernel.Abi;

/// <summary>siginfo_t: why a signal was sent. Which fields mean something depends on the code.</summary>
/// <param name="Signo">The signal.</param>
/// <param name="Code">One of <see cref="SiCode"/>.</param>
public readonly record struct SigInfo(int Signo, int Code)
{
    /// <summary>Who sent it, or which child it is about.</summary>
    public int Pid { get; init; }

    /// <summary>The user who sent it, or whom the child belonged to.</summary>
    public int Uid { get; init; }

    /// <summary>si_status: exit code or signal of a child.</summary>
    public int Status { get; init; }

    /// <summary>si_errno.</summary>
    public int Errno { get; init; }

    /// <summary>si_value of a queued signal or timer.</summary>
    public long Value { get; init; }

    /// <summary>si_addr of a fault.</summary>
    public ulong Address { get; init; }

    /// <summary>SI_FROMUSER(): whether a process and not the kernel sent it.</summary>
    public bool IsFromUser => Code <= 0;
}

/// <summary>Values of si_code.</summary>
public static class SiCode
{
    /// <summary>SI_USER: kill().</summary>
    public const int User = 0;

    /// <summary>SI_QUEUE: sigqueue().</summary>
    public const int Queue = -1;

    /// <summary>SI_TIMER.</summary>
    public const int Timer = -2;

    /// <summary>SI_TKILL: tkill() and tgkill().</summary>
    public const int Tkill = -6;

    /// <summary>SI_KERNEL.</summary>
    public const int Kernel = 0x80;

    /// <summary>SEGV_MAPERR.</summary>
    public const int SegvMaperr = 1;

    /// <summary>SEGV_ACCERR.</summary>
    public const int SegvAccerr = 2;

    /// <summary>CLD_EXITED.</summary>
    public const int Exited = 1;

    /// <summary>CLD_KILLED.</summary>
    public const int Killed = 2;

    /// <summary>CLD_DUMPED.</summary>
    public const int Dumped = 3;

    /// <summary>CLD_TRAPPED.</summary>
    public const int Trapped = 4;

    /// <summary>CLD_STOPPED.</summary>
    public const int Stopped = 5;

    /// <summary>CLD_CONTINUED.</summary>
    public const int Continued = 6;
}
