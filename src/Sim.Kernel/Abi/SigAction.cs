using Sim.Machine.Ops;

namespace Sim.Kernel.Abi;

/// <summary>SA_* flags.</summary>
[Flags]
public enum SaFlags : uint
{
    None = 0,
    NoCldStop = 1,
    NoCldWait = 2,
    SigInfo = 4,
    Restorer = 0x04000000,
    OnStack = 0x08000000,
    Restart = 0x10000000,
    NoDefer = 0x40000000,
    ResetHand = 0x80000000,
}

/// <summary>struct sigaction: what a process does when a signal is delivered.</summary>
/// <param name="Handler">SIG_DFL 0, SIG_IGN 1, or the address of a handler.</param>
/// <param name="Flags">SA_* flags.</param>
/// <param name="Mask">Signals that are blocked while the handler runs.</param>
[Immutable]
public readonly record struct SigAction(ulong Handler, SaFlags Flags = SaFlags.None, SigSet Mask = default)
{
    /// <summary>SIG_DFL.</summary>
    public const ulong SIG_DFL = 0;

    /// <summary>SIG_IGN.</summary>
    public const ulong SIG_IGN = 1;

    /// <summary>Where the handler returns to.</summary>
    public ulong Restorer { get; init; }

    /// <summary>The handler, when the program is a routine and not machine code.</summary>
    public UserMode.SignalHandler? Routine { get; init; }

    /// <summary>The default action.</summary>
    public static SigAction Default => default;

    /// <summary>Ignores the signal.</summary>
    public static SigAction Ignore => new(SIG_IGN);

    /// <summary>Runs a routine of the program.</summary>
    public static SigAction Run(UserMode.SignalHandler handler, SaFlags flags = SaFlags.None, SigSet mask = default)
        => new(handler.Address, flags, mask) { Routine = handler };

    /// <summary>Whether the signal is ignored outright.</summary>
    public bool IsIgnore => Handler == SIG_IGN;

    /// <summary>Whether the default action applies.</summary>
    public bool IsDefault => Handler == SIG_DFL;
}

/// <summary>How of sigprocmask().</summary>
public enum SigHow
{
    Block = 0,
    Unblock = 1,
    SetMask = 2,
}
