namespace Sim.Kernel.Abi;

/// <summary>Options of wait4() and waitid().</summary>
[Flags]
public enum WaitOptions : uint
{
    None = 0,
    NoHang = 1,

    /// <summary>WUNTRACED of wait4() and WSTOPPED of waitid().</summary>
    Untraced = 2,
    Exited = 4,
    Continued = 8,
    NoWait = 0x01000000,

    /// <summary>__WNOTHREAD: not the children of other threads of the group.</summary>
    NoThread = 0x20000000,

    /// <summary>__WALL: children of every kind.</summary>
    All = 0x40000000,

    /// <summary>__WCLONE: only children whose exit signal is not SIGCHLD.</summary>
    Clone = 0x80000000,
}

/// <summary>idtype_t of waitid().</summary>
public enum IdType
{
    /// <summary>P_ALL.</summary>
    All = 0,

    /// <summary>P_PID.</summary>
    Pid = 1,

    /// <summary>P_PGID.</summary>
    Pgid = 2,
}

/// <summary>The status word of wait4(). Source: wait(2).</summary>
public static class WaitStatus
{
    /// <summary>WIFCONTINUED.</summary>
    public const int Continued = 0xffff;

    /// <summary>A process that ended by exit(code).</summary>
    public static int Exit(int code) => (code & 0xff) << 8;

    /// <summary>A process that a signal stopped.</summary>
    public static int Stopped(int signal) => (signal << 8) | 0x7f;
}
