using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>Why user code came into the kernel.</summary>
public enum UserTrapKind
{
    /// <summary>The system call instruction; the instruction pointer is behind it.</summary>
    Syscall,

    /// <summary>An interrupt: nothing that the code did.</summary>
    Interrupt,

    /// <summary>A fault: the signal that it is, is forced.</summary>
    Fault,
}

/// <summary>A trap.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Info">The signal of a fault.</param>
[Immutable]
public readonly record struct UserTrap(UserTrapKind Kind, SigInfo Info = default);

/// <summary>Machine code: what acts on registers and user memory alone.</summary>
[Immutable]
public interface IUserCode
{
    /// <summary>Runs from the instruction pointer on, until it traps.</summary>
    /// <remarks>Context: current, in user mode. Locks: none. All that it keeps is in registers and memory.</remarks>
    Op<UserTrap> RunUntilTrap(Cpu cpu, RegisterFile regs, IUserMemory memory);
}

/// <summary>
/// A program that is machine code, for a task with <see cref="TaskStruct.Registers"/> and an address space.
/// It ends by a system call or a signal alone.
/// </summary>
[Immutable]
public sealed class MachineProgram(IUserCode code) : UserProgram
{
    /// <summary>Itself: the child's registers say where it goes on.</summary>
    public override UserProgram? Child => this;

    /// <inheritdoc/>
    public override async Op<int> Main(User user)
    {
        Cpu cpu = user.Cpu;
        TaskStruct task = user.Task;
        while (true)
        {
            RegisterFile regs = task.Registers.Get(cpu)!;
            UserTrap trap = await code.RunUntilTrap(cpu, regs, new UserMemory(task.Mm.Get(cpu)!));
            if (trap.Kind == UserTrapKind.Syscall)
            {
                await task.Kernel.RegisterGate.Syscall(cpu, regs);
                continue;
            }

            task.Kernel.Options.Architecture!.Syscalls.EnterByInterrupt(cpu, regs);
            if (trap.Kind == UserTrapKind.Fault)
            {
                await task.Kernel.Send.Force(cpu, trap.Info);
            }

            await task.Kernel.Gate.Interrupted(cpu);
        }
    }
}
