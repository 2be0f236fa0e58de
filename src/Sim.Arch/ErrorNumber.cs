namespace Sim.Arch;

/// <summary>Error numbers that the register ABI itself speaks of; both architectures agree on them.</summary>
internal static class ErrorNumber
{
    internal const int EPERM = 1;
    internal const int EINTR = 4;
    internal const int EIO = 5;
    internal const int ENXIO = 6;
    internal const int ENOMEM = 12;
    internal const int EINVAL = 22;
    internal const int ENOSYS = 38;
    internal const int EOPNOTSUPP = 95;

    /// <summary>Restart, unless a handler without SA_RESTART runs.</summary>
    internal const int ERESTARTSYS = 512;

    /// <summary>Restart always.</summary>
    internal const int ERESTARTNOINTR = 513;

    /// <summary>Restart only when no handler runs.</summary>
    internal const int ERESTARTNOHAND = 514;

    /// <summary>The same, by way of restart_syscall().</summary>
    internal const int ERESTART_RESTARTBLOCK = 516;

    /// <summary>Return values from -4095 up are errors.</summary>
    private const ulong FirstError = unchecked((ulong)-4095L);

    /// <summary>IS_ERR_VALUE().</summary>
    internal static bool IsError(ulong value) => value >= FirstError;
}
