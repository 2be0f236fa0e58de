using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch;

/// <summary>
/// What the kernel asks of an architecture: registers of tasks, and how system calls, signals,
/// debuggers and stepping see them. Everything mutable is in the <see cref="RegisterFile"/>.
/// </summary>
/// <remarks>
/// Context of every member that takes registers: the task they belong to, or another one while that
/// task is stopped or not yet running. No locks.
/// </remarks>
[Immutable]
public interface IArchitecture
{
    /// <summary>UTS_MACHINE: what uname says.</summary>
    string Name { get; }

    /// <summary>Whether the most significant byte of a word comes first in memory.</summary>
    bool IsBigEndian { get; }

    /// <summary>How system calls use registers. Linux: asm/syscall.h.</summary>
    ISyscallAbi Syscalls { get; }

    /// <summary>How signals are delivered to handlers and handlers return. Linux: signal.c.</summary>
    ISignalFrames Signals { get; }

    /// <summary>How a task is made to stop after an instruction. Linux: step.c.</summary>
    IStepping Stepping { get; }

    /// <summary>Registers for a new task, all 0.</summary>
    RegisterFile NewRegisters(SimMachine machine, string label);

    /// <summary>
    /// Gives a task the registers of a program's first instruction: what exec leaves. Everything that
    /// is not named here is 0.
    /// </summary>
    void StartThread(Cpu cpu, RegisterFile regs, in ThreadStart start);

    /// <summary>
    /// Gives a child its parent's registers, with a system call return value of 0, and switches
    /// stepping off. Linux: copy_thread(), user_disable_single_step().
    /// </summary>
    /// <param name="cpu">The parent's processor.</param>
    /// <param name="child">The child's registers.</param>
    /// <param name="parent">The parent's registers.</param>
    /// <param name="stackPointer">The child's stack; 0 to share the parent's value.</param>
    /// <param name="tls">The thread pointer of CLONE_SETTLS; null without that flag.</param>
    /// <returns>0, or -EPERM when the thread pointer lies outside user space.</returns>
    int CopyThread(Cpu cpu, RegisterFile child, RegisterFile parent, ulong stackPointer, ulong? tls);

    /// <summary>Whether the task's program is a 32-bit one. Linux: TIF_IA32, TIF_32BIT.</summary>
    bool IsCompat(Cpu cpu, RegisterFile regs);

    /// <summary>user_mode(): whether the saved frame is one of user mode.</summary>
    bool IsUserMode(Cpu cpu, RegisterFile regs);

    /// <summary>First address that is not user space. Linux: TASK_SIZE_OF().</summary>
    ulong TaskSize(Cpu cpu, RegisterFile regs);

    /// <summary>instruction_pointer().</summary>
    ulong GetInstructionPointer(Cpu cpu, RegisterFile regs);

    /// <summary>instruction_pointer_set().</summary>
    void SetInstructionPointer(Cpu cpu, RegisterFile regs, ulong value);

    /// <summary>user_stack_pointer().</summary>
    ulong GetStackPointer(Cpu cpu, RegisterFile regs);

    /// <summary>Moves the stack pointer.</summary>
    void SetStackPointer(Cpu cpu, RegisterFile regs, ulong value);

    /// <summary>task_user_regset_view(): the registers as debuggers and core dumps name them.</summary>
    RegsetView ViewOf(Cpu cpu, RegisterFile regs);
}

/// <summary>What a program's first instruction finds.</summary>
/// <param name="InstructionPointer">Where it is.</param>
/// <param name="StackPointer">Its stack.</param>
/// <param name="Argument">In the first argument register.</param>
/// <param name="Toc">Second word of the function descriptor; ppc64 only.</param>
/// <param name="IsCompat">Whether the program is a 32-bit one.</param>
[Immutable]
public readonly record struct ThreadStart(
    ulong InstructionPointer, ulong StackPointer, ulong Argument = 0, ulong Toc = 0, bool IsCompat = false);
