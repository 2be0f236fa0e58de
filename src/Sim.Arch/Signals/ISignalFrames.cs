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
    Op<FrameReturn> ReturnFromHandler(Cpu cpu, RegisterFile regs, IUserMemory memory);

    /// <summary>
    /// sigreturn: the same for a handler without SA_SIGINFO of a 32-bit program. The frame has no
    /// alternate stack, which stays as it is. 64-bit programs have no such call and no such frame.
    /// </summary>
    /// <inheritdoc cref="ReturnFromHandler"/>
    Op<FrameReturn> ReturnFromOldHandler(Cpu cpu, RegisterFile regs, IUserMemory memory);
}

/// <summary>A signal on its way to a handler.</summary>
/// <param name="Number">Which signal.</param>
/// <param name="Info">Its siginfo.</param>
/// <param name="Handler">Where the handler is; in 64-bit powerpc programs where its function descriptor is.</param>
/// <param name="Flags">What the action says of the frame.</param>
/// <param name="Restorer">What the handler returns to, with SA_RESTORER.</param>
/// <param name="Mask">What sigreturn is to block again.</param>
/// <param name="Stack">The task's alternate stack.</param>
[Immutable]
public readonly record struct SignalDelivery(
    int Number,
    UserSiginfo Info,
    ulong Handler,
    HandlerFlags Flags,
    ulong Restorer = 0,
    ulong Mask = 0,
    AltStack Stack = default);

/// <summary>The SA_* flags that shape a frame, with Linux's values; others are allowed and ignored.</summary>
[Flags]
public enum HandlerFlags : uint
{
    None = 0,

    /// <summary>SA_SIGINFO: the handler takes three arguments.</summary>
    SigInfo = 4,

    /// <summary>SA_RESTORER.</summary>
    Restorer = 0x04000000,

    /// <summary>SA_ONSTACK: on the alternate stack, if there is one.</summary>
    OnStack = 0x08000000,
}

/// <summary>What a frame gave back to the kernel.</summary>
/// <param name="IsValid">Whether the registers were put back.</param>
/// <param name="Mask">The signals to block; null when they could not be read.</param>
/// <param name="Stack">The alternate stack to set, with the flags that the frame holds.</param>
/// <param name="StackFlags">ss_flags of the frame.</param>
[Immutable]
public readonly record struct FrameReturn(bool IsValid, ulong? Mask, AltStack Stack, int StackFlags)
{
    /// <summary>A frame of which nothing could be read.</summary>
    public static FrameReturn Unreadable => default;
}
