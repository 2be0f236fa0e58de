using Sim.Arch;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>powerpc machine code, interpreted. One for each machine.</summary>
[Immutable]
public sealed class PowerPcCode(PowerPcInterpreter interpreter) : IUserCode
{
    /// <summary>Instructions until others may run.</summary>
    private const int Slice = 100_000;

    /// <inheritdoc/>
    public async Op<UserTrap> RunUntilTrap(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        // Every trap clears the reservation: it does not outlive this call.
        PowerPcReservation reservation = default;
        PowerPcExit exit = interpreter.Run(cpu, regs, (IDirectMemory)memory, Slice, ref reservation);
        if (exit.Kind == PowerPcExitKind.Slice)
        {
            await cpu.Yield();
        }

        return Trap(cpu, regs, exit);
    }

    private UserTrap Trap(Cpu cpu, RegisterFile regs, PowerPcExit exit)
    {
        switch (exit.Kind)
        {
            case PowerPcExitKind.Syscall:
                return new UserTrap(UserTrapKind.Syscall);
            case PowerPcExitKind.Slice:
                return new UserTrap(UserTrapKind.Interrupt);
            case PowerPcExitKind.Step:
                cpu.Task().Kernel.Options.Architecture!.Stepping.TrapInUserMode(cpu, regs);
                break;
            case PowerPcExitKind.Undefined:
                cpu.Note(FormattableString.Invariant($"-- {cpu.Task()}: {interpreter.Unsupported} is not supported --"));
                break;
            case PowerPcExitKind.Fault:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        return new UserTrap(
            UserTrapKind.Fault, new SigInfo(exit.Fault.Signal, exit.Fault.Code) { Address = exit.Fault.Address });
    }
}
