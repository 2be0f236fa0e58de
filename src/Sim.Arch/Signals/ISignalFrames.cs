using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch;

/// <summary>
/// How a handler is entered and how it returns: the frame on the user stack and the registers. Linux:
/// handle_signal() from the frame on, sys_rt_sigreturn().
/// </summary>
[Immutable]
public interface ISignalFrames
{
    /// <summary>
    /// Builds the frame on the user stack and makes the registers those of the handler's first
    /// instruction. An interrupted system call must have been dealt with before:
    /// <see cref="ISyscallAbi.RestartAfterHandler"/>.
    /// </summary>
    /// <returns>
    /// False when the frame cannot be written or the action cannot be carried out: the kernel forces
    /// SIGSEGV. The registers are then unchanged, but for a trap flag that stepping had forced.
    /// </returns>
    /// <remarks>Context: current; may sleep. Locks: none. The caller adds to the blocked signals.</remarks>
    Op<bool> SetupFrame(Cpu cpu, RegisterFile regs, IUserMemory memory, SignalDelivery signal);

    /// <summary>
    /// rt_sigreturn: reads the frame that the stack pointer says and puts the registers back as far as
    /// user mode may change them. On success they are final: the system call return path must leave
    /// them alone.
    /// </summary>
    /// <returns>What else was in the frame.</returns>
    /// <remarks>
    /// Context: current; may sleep. Locks: none. The caller sets the blocked signals from the mask,
    /// valid frame or not, if there is one; on a valid frame it sets the alternate stack; on an invalid
    /// one it forces SIGSEGV. The restart block is the caller's to reset.
    /// </remarks>
    Op<SignalReturn> ReturnFromHandler(Cpu cpu, RegisterFile regs, IUserMemory memory);

    /// <summary>
    /// sigreturn: the same for a handler without SA_SIGINFO of a 32-bit program. The frame has no
    /// alternate stack, which stays as it is. 64-bit programs have no such call and no such frame.
    /// </summary>
    /// <inheritdoc cref="ReturnFromHandler"/>
    Op<SignalReturn> ReturnFromOldHandler(Cpu cpu, RegisterFile regs, IUserMemory memory);
}

/// <summary>A signal on its way to a handler.</summary>
/// <param name="Number">Which signal.</param>
/// <param name="Info">Its siginfo.</param>
/// <param name="Action">What the program wants done.</param>
/// <param name="Mask">What sigreturn is to block again.</param>
/// <param name="Stack">The task's alternate stack.</param>
[Immutable]
public readonly record struct SignalDelivery(
    int Number, SigInfo Info, SigAction Action, ulong Mask, AltStack Stack);

/// <summary>struct sigaction.</summary>
/// <param name="Handler">Where it is; on ppc64 where its function descriptor is.</param>
/// <param name="Flags">SA_* flags.</param>
/// <param name="Restorer">What the handler returns to, with SA_RESTORER.</param>
/// <param name="Mask">What is blocked while it runs; used by the kernel, not by the frame.</param>
[Immutable]
public readonly record struct SigAction(ulong Handler, SaFlags Flags, ulong Restorer = 0, ulong Mask = 0);

/// <summary>SA_* flags; x86 and powerpc agree on these.</summary>
[Flags]
public enum SaFlags : uint
{
    None = 0,
    NoCldStop = 1,
    NoCldWait = 2,

    /// <summary>SA_SIGINFO: the handler takes three arguments.</summary>
    SigInfo = 4,

    /// <summary>SA_RESTORER.</summary>
    Restorer = 0x04000000,

    /// <summary>SA_ONSTACK: on the alternate stack, if there is one.</summary>
    OnStack = 0x08000000,

    /// <summary>SA_RESTART: ERESTARTSYS makes the call again.</summary>
    Restart = 0x10000000,
    NoDefer = 0x40000000,
    ResetHand = 0x80000000,
}

/// <summary>What a frame gave back to the kernel.</summary>
/// <param name="IsValid">Whether the registers were put back.</param>
/// <param name="Mask">The signals to block; null when they could not be read.</param>
/// <param name="Stack">The alternate stack to set, with the flags that the frame holds.</param>
/// <param name="StackFlags">ss_flags of the frame.</param>
[Immutable]
public readonly record struct SignalReturn(bool IsValid, ulong? Mask, AltStack Stack, int StackFlags)
{
    /// <summary>A frame of which nothing could be read.</summary>
    public static SignalReturn Unreadable => default;
}

/// <summary>The alternate signal stack of a task: sas_ss_sp and sas_ss_size.</summary>
/// <param name="Sp">Its lowest address.</param>
/// <param name="Size">Its length; 0 for none.</param>
[Immutable]
public readonly record struct AltStack(ulong Sp, ulong Size)
{
    /// <summary>SS_ONSTACK.</summary>
    public const int SS_ONSTACK = 1;

    /// <summary>SS_DISABLE.</summary>
    public const int SS_DISABLE = 2;

    /// <summary>on_sig_stack().</summary>
    public bool Holds(ulong stackPointer) => stackPointer - Sp < Size;

    /// <summary>sas_ss_flags().</summary>
    public int Flags(ulong stackPointer)
        => Size == 0 ? SS_DISABLE : Holds(stackPointer) ? SS_ONSTACK : 0;
}
