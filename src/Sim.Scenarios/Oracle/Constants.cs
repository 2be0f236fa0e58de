using System.Globalization;

namespace Sim.Scenarios.Oracle;

/// <summary>Names of x86_64 Linux that scripts and logs use, with their values.</summary>
public static class Constants
{
    /// <summary>First real-time signal that a program may use, as the recorder's C library has it.</summary>
    public const int SigRtMin = 34;

    private const int LastSignal = 64;

    /// <summary>The value of a constant; false if the name is none.</summary>
    public static bool TryValue(string name, out long value)
    {
        long? found = Signal(name) ?? Wait(name) ?? Clone(name) ?? PtraceOption(name) ?? Other(name);
        value = found ?? 0;
        return found is not null;
    }

    /// <summary>A signal's name as logs print it; the number if it has none.</summary>
    public static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        16 => "SIGSTKFLT",
        17 => "SIGCHLD",
        18 => "SIGCONT",
        19 => "SIGSTOP",
        20 => "SIGTSTP",
        21 => "SIGTTIN",
        22 => "SIGTTOU",
        23 => "SIGURG",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        26 => "SIGVTALRM",
        27 => "SIGPROF",
        28 => "SIGWINCH",
        29 => "SIGIO",
        30 => "SIGPWR",
        31 => "SIGSYS",
        >= 32 and <= LastSignal => "SIGRT" + signal.ToString(CultureInfo.InvariantCulture),
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A ptrace event's name as logs print it; null if there is none with this number.</summary>
    public static string? PtraceEvent(int number) => number switch
    {
        1 => "FORK",
        2 => "VFORK",
        3 => "CLONE",
        4 => "EXEC",
        5 => "VFORK_DONE",
        6 => "EXIT",
        7 => "SECCOMP",
        128 => "STOP",
        _ => null,
    };

    /// <summary>Options of a wait call as logs print them: lowest bit first, WSTOPPED as WUNTRACED, "0" for none.</summary>
    public static string WaitOptions(long options)
    {
        if (options == 0)
        {
            return "0";
        }

        var names = new List<string>();
        for (int bit = 0; bit < 32; bit++)
        {
            if ((options & (1L << bit)) != 0)
            {
                names.Add(WaitOption(1L << bit));
            }
        }

        return string.Join('|', names);
    }

    private static string WaitOption(long bit) => bit switch
    {
        0x1 => "WNOHANG",
        0x2 => "WUNTRACED",
        0x4 => "WEXITED",
        0x8 => "WCONTINUED",
        0x0100_0000 => "WNOWAIT",
        0x2000_0000 => "__WNOTHREAD",
        0x4000_0000 => "__WALL",
        0x8000_0000 => "__WCLONE",
        _ => "0x" + bit.ToString("x", CultureInfo.InvariantCulture),
    };

    private static long? Signal(string name)
    {
        switch (name)
        {
            case "SIGRTMIN":
                return SigRtMin;
            case "SIGRTMAX":
                return LastSignal;
            case "SIGCLD":
                return 17;
            case "SIGPOLL":
                return 29;
            default:
                break;
        }

        // A handler is installed for "RT35"; everywhere else it is "SIGRT35".
        string full = name.StartsWith("RT", StringComparison.Ordinal) ? "SIG" + name : name;
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            if (string.Equals(SignalName(signal), full, StringComparison.Ordinal))
            {
                return signal;
            }
        }

        return null;
    }

    private static long? Wait(string name) => name switch
    {
        "WNOHANG" => 0x1,
        "WUNTRACED" or "WSTOPPED" => 0x2,
        "WEXITED" => 0x4,
        "WCONTINUED" => 0x8,
        "WNOWAIT" => 0x0100_0000,
        "__WNOTHREAD" => 0x2000_0000,
        "__WALL" => 0x4000_0000,
        "__WCLONE" => 0x8000_0000,
        "P_ALL" => 0,
        "P_PID" => 1,
        "P_PGID" => 2,
        _ => null,
    };

    private static long? Clone(string name) => name switch
    {
        "CLONE_VM" => 0x100,
        "CLONE_FS" => 0x200,
        "CLONE_FILES" => 0x400,
        "CLONE_SIGHAND" => 0x800,
        "CLONE_PTRACE" => 0x2000,
        "CLONE_VFORK" => 0x4000,
        "CLONE_PARENT" => 0x8000,
        "CLONE_THREAD" => 0x1_0000,
        "CLONE_NEWNS" => 0x2_0000,
        "CLONE_SYSVSEM" => 0x4_0000,
        "CLONE_SETTLS" => 0x8_0000,
        "CLONE_PARENT_SETTID" => 0x10_0000,
        "CLONE_CHILD_CLEARTID" => 0x20_0000,
        "CLONE_UNTRACED" => 0x80_0000,
        "CLONE_CHILD_SETTID" => 0x100_0000,
        "CLONE_NEWPID" => 0x2000_0000,
        "CSIGNAL" => 0xff,
        _ => null,
    };

    private static long? PtraceOption(string name) => name switch
    {
        "O_SYSGOOD" => 0x1,
        "O_FORK" => 0x2,
        "O_VFORK" => 0x4,
        "O_CLONE" => 0x8,
        "O_EXEC" => 0x10,
        "O_VFORKDONE" => 0x20,
        "O_EXIT" => 0x40,
        "O_SECCOMP" => 0x80,
        "O_EXITKILL" => 0x10_0000,
        _ => null,
    };

    private static long? Other(string name) => name switch
    {
        "SA_NOCLDSTOP" => 0x1,
        "SA_NOCLDWAIT" => 0x2,
        "SA_SIGINFO" => 0x4,
        "SA_ONSTACK" => 0x0800_0000,
        "SA_RESTART" => 0x1000_0000,
        "SA_NODEFER" => 0x4000_0000,
        "SA_RESETHAND" => 0x8000_0000,
        "PR_SET_PDEATHSIG" => 1,
        "PR_GET_PDEATHSIG" => 2,
        "PR_SET_CHILD_SUBREAPER" => 36,
        "PR_GET_CHILD_SUBREAPER" => 37,
        "SI_USER" => 0,
        "SI_KERNEL" => 0x80,
        "SI_QUEUE" => -1,
        "SI_TIMER" => -2,
        "SI_TKILL" => -6,
        "O_RDONLY" or "NULL" => 0,
        "EPERM" => 1,
        "ESRCH" => 3,
        "EINTR" => 4,
        "EIO" => 5,
        "ECHILD" => 10,
        "EAGAIN" => 11,
        "EFAULT" => 14,
        "EINVAL" => 22,
        "ENOTTY" => 25,
        "ENOSYS" => 38,
        _ => null,
    };
}
