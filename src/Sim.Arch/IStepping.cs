using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch;

/// <summary>How a task is made to trap after each instruction or branch. Source: spec section 8.4.</summary>
/// <inheritdoc cref="IArchitecture" path="/remarks"/>
[Immutable]
public interface IStepping
{
    /// <summary>arch_has_single_step().</summary>
    bool HasSingleStep { get; }

    /// <summary>arch_has_block_step().</summary>
    bool HasBlockStep { get; }

    /// <summary>user_enable_single_step(): trap after the next instruction.</summary>
    /// <param name="cpu">Whose processor.</param>
    /// <param name="regs">The stopped task's registers.</param>
    /// <param name="memory">Its memory: x86 looks at the next instruction.</param>
    Op EnableSingleStep(Cpu cpu, RegisterFile regs, IUserMemory memory);

    /// <summary>user_enable_block_step(): trap after the next branch.</summary>
    /// <inheritdoc cref="EnableSingleStep"/>
    Op EnableBlockStep(Cpu cpu, RegisterFile regs, IUserMemory memory);

    /// <summary>user_disable_single_step(): neither.</summary>
    void Disable(Cpu cpu, RegisterFile regs);

    /// <summary>TIF_SINGLESTEP: what tracehook_signal_handler() is told as <c>stepping</c>.</summary>
    bool IsStepping(Cpu cpu, RegisterFile regs);

    /// <summary>The trap after a step in user mode: powerpc is disarmed by it, x86 is not.</summary>
    void TrapInUserMode(Cpu cpu, RegisterFile regs);

    /// <summary>
    /// The trap of a step into a system call, in the kernel's first instruction: it disarms without
    /// forgetting, and the exit hook reports the step.
    /// </summary>
    void TrapAtSyscallEntry(Cpu cpu, RegisterFile regs);

    /// <summary>
    /// Puts back, before the entry hook, what <see cref="TrapAtSyscallEntry"/> took. Linux: the head
    /// of syscall_trace_enter().
    /// </summary>
    void RearmAtSyscallTrace(Cpu cpu, RegisterFile regs);
}
