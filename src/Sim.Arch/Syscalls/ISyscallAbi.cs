using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch;

/// <summary>
/// How system calls use registers. Source: spec sections 8.1 and 8.2. Linux: asm/syscall.h, and the
/// assembly on the way in and out.
/// </summary>
/// <inheritdoc cref="IArchitecture" path="/remarks"/>
[Immutable]
public interface ISyscallAbi
{
    /// <summary>Which column of the system call table holds.</summary>
    SyscallNumbering Numbering(Cpu cpu, RegisterFile regs);

    /// <summary>What the way into the kernel saves, before tracers are asked.</summary>
    void Enter(Cpu cpu, RegisterFile regs);

    /// <summary>What an interrupt or a fault saves: the task is in no system call.</summary>
    void EnterByInterrupt(Cpu cpu, RegisterFile regs);

    /// <summary>What the way out makes of the value that the call's C function returned.</summary>
    void Leave(Cpu cpu, RegisterFile regs, long result);

    /// <summary>
    /// What is left when no call runs, because a tracer said so (spec section 8.2) or because there is
    /// none of that number. The values are not uniform over architectures.
    /// </summary>
    void Abort(Cpu cpu, RegisterFile regs);

    /// <summary>
    /// Says that the value to come is a result even when it looks like an error. Linux:
    /// force_successful_syscall_return(); x86 has no flag to tell them apart.
    /// </summary>
    void ForceSuccess(Cpu cpu, RegisterFile regs);

    /// <summary>Number of the system call the task is in; -1 when it is in none.</summary>
    int GetNumber(Cpu cpu, RegisterFile regs);

    /// <summary>Changes the number; at entry only.</summary>
    void SetNumber(Cpu cpu, RegisterFile regs, int number);

    /// <summary>
    /// Puts the first argument, or on x86 the number, back where user mode had it; at exit tracing
    /// after an abort only.
    /// </summary>
    void Rollback(Cpu cpu, RegisterFile regs);

    /// <summary>The negative error number of a failed call; 0 when it succeeded. At exit.</summary>
    long GetError(Cpu cpu, RegisterFile regs);

    /// <summary>The value of a call that succeeded. At exit.</summary>
    ulong GetReturnValue(Cpu cpu, RegisterFile regs);

    /// <summary>Changes the outcome; at exit.</summary>
    /// <param name="cpu">Whose processor.</param>
    /// <param name="regs">Whose registers.</param>
    /// <param name="error">A negative error number, or 0 for success.</param>
    /// <param name="value">The value of success.</param>
    void SetReturnValue(Cpu cpu, RegisterFile regs, int error, ulong value);

    /// <summary>An argument of the call, 0 to 5. At entry.</summary>
    ulong GetArgument(Cpu cpu, RegisterFile regs, int index);

    /// <summary>Changes an argument of the call, 0 to 5. At entry.</summary>
    void SetArgument(Cpu cpu, RegisterFile regs, int index, ulong value);

    /// <summary>
    /// A handler is about to run: decides whether an interrupted call is made again after it or fails
    /// with EINTR. Linux: handle_signal(), check_syscall_restart().
    /// </summary>
    /// <returns>What it decided.</returns>
    SyscallRestart RestartAfterHandler(Cpu cpu, RegisterFile regs, bool saRestart);

    /// <summary>No handler runs: an interrupted call is made again. Linux: do_signal().</summary>
    /// <returns>What it decided.</returns>
    SyscallRestart RestartWithoutHandler(Cpu cpu, RegisterFile regs);
}

/// <summary>A column of the system call table.</summary>
public enum SyscallNumbering
{
    X86_64,
    I386,
    Ppc64,
    Ppc32,
}

/// <summary>What becomes of an interrupted system call.</summary>
public enum SyscallRestart
{
    /// <summary>There was none, or it had come to its end.</summary>
    None,

    /// <summary>It fails with EINTR.</summary>
    Interrupted,

    /// <summary>The instruction is executed again with the same number and arguments.</summary>
    Again,

    /// <summary>The instruction is executed again, as restart_syscall().</summary>
    RestartBlock,
}

/// <summary>The rule of both architectures: which error restarts when.</summary>
internal static class RestartRule
{
    /// <summary>Decides for a positive error number that a call left.</summary>
    internal static SyscallRestart For(int error, bool handler, bool saRestart) => error switch
    {
        ErrorNumber.ERESTARTNOINTR => SyscallRestart.Again,
        ErrorNumber.ERESTARTSYS => handler && !saRestart ? SyscallRestart.Interrupted : SyscallRestart.Again,
        ErrorNumber.ERESTARTNOHAND => handler ? SyscallRestart.Interrupted : SyscallRestart.Again,
        ErrorNumber.ERESTART_RESTARTBLOCK => handler ? SyscallRestart.Interrupted : SyscallRestart.RestartBlock,
        _ => SyscallRestart.None,
    };
}
