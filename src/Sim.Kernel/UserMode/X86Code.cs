using Sim.Arch;
using Sim.Arch.X86_64.Interpreter;
using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>x86_64 machine code, interpreted, on a machine in direct mode. One for each machine.</summary>
[Immutable]
public sealed class X86Code(X86Interpreter interpreter) : IUserCode
{
    /// <summary>Instructions until others may run.</summary>
    private const int Slice = 100_000;

    /// <inheritdoc/>
    public async Op<UserTrap> RunUntilTrap(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        X86Exit exit = interpreter.Run(cpu, regs, (IDirectMemory)memory, Slice);
        if (exit.Kind == X86ExitKind.Syscall)
        {
            return new UserTrap(UserTrapKind.Syscall);
        }

        if (exit.Kind == X86ExitKind.Slice)
        {
            await cpu.Yield();
            return new UserTrap(UserTrapKind.Interrupt);
        }

        if (exit.Kind == X86ExitKind.Undefined)
        {
            cpu.Note(FormattableString.Invariant(
                $"-- {cpu.Task()}: {interpreter.Unsupported} is not supported --"));
        }

        return new UserTrap(
            UserTrapKind.Fault, new SigInfo(exit.Fault.Signal, exit.Fault.Code) { Address = exit.Fault.Address });
    }
}
