namespace Sim.Kernel.Abi;

/// <summary>Signal numbers (x86 and powerpc agree) and the kernel's classes of them. Source: signal(7).</summary>
public static class Signals
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGILL = 4;
    public const int SIGTRAP = 5;
    public const int SIGABRT = 6;
    public const int SIGBUS = 7;
    public const int SIGFPE = 8;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGSEGV = 11;
    public const int SIGUSR2 = 12;
    public const int SIGPIPE = 13;
    public const int SIGALRM = 14;
    public const int SIGTERM = 15;
    public const int SIGSTKFLT = 16;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGTTIN = 21;
    public const int SIGTTOU = 22;
    public const int SIGURG = 23;
    public const int SIGXCPU = 24;
    public const int SIGXFSZ = 25;
    public const int SIGVTALRM = 26;
    public const int SIGPROF = 27;
    public const int SIGWINCH = 28;
    public const int SIGIO = 29;
    public const int SIGPWR = 30;
    public const int SIGSYS = 31;

    /// <summary>The first signal that queues once per sending.</summary>
    public const int SIGRTMIN = 32;

    /// <summary>The last signal: _NSIG.</summary>
    public const int SIGRTMAX = 64;

    /// <summary>SIG_KERNEL_ONLY_MASK: nobody can catch, block or ignore them.</summary>
    public static readonly SigSet KernelOnly = SigSet.Of(SIGKILL, SIGSTOP);

    /// <summary>SIG_KERNEL_STOP_MASK: their default action stops the process.</summary>
    public static readonly SigSet KernelStop = SigSet.Of(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU);

    /// <summary>SIG_KERNEL_COREDUMP_MASK: their default action kills with a core dump.</summary>
    public static readonly SigSet KernelCoredump = SigSet.Of(
        SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGSEGV, SIGBUS, SIGSYS, SIGXCPU, SIGXFSZ);

    /// <summary>SIG_KERNEL_IGNORE_MASK: their default action is nothing.</summary>
    public static readonly SigSet KernelIgnore = SigSet.Of(SIGCONT, SIGCHLD, SIGWINCH, SIGURG);

    /// <summary>valid_signal(): 0 is valid, and asks only whether the target exists.</summary>
    public static bool IsValid(int signal) => signal is >= 0 and <= SIGRTMAX;

    /// <summary>The usual name of a signal; SIGRT32 and so on for the queued ones.</summary>
    public static string Name(int signal) => signal is > 0 and < SIGRTMIN
        ? s_names[signal - 1]
        : FormattableString.Invariant($"SIGRT{signal}");

    private static readonly string[] s_names =
    [
        nameof(SIGHUP), nameof(SIGINT), nameof(SIGQUIT), nameof(SIGILL), nameof(SIGTRAP), nameof(SIGABRT),
        nameof(SIGBUS), nameof(SIGFPE), nameof(SIGKILL), nameof(SIGUSR1), nameof(SIGSEGV), nameof(SIGUSR2),
        nameof(SIGPIPE), nameof(SIGALRM), nameof(SIGTERM), nameof(SIGSTKFLT), nameof(SIGCHLD), nameof(SIGCONT),
        nameof(SIGSTOP), nameof(SIGTSTP), nameof(SIGTTIN), nameof(SIGTTOU), nameof(SIGURG), nameof(SIGXCPU),
        nameof(SIGXFSZ), nameof(SIGVTALRM), nameof(SIGPROF), nameof(SIGWINCH), nameof(SIGIO), nameof(SIGPWR),
        nameof(SIGSYS),
    ];
}
