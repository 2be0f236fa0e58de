using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>
/// Machine code that an interpreter runs. In direct mode it runs until it traps or its slice is over. In explored
/// mode each access to memory is a step like those of any other user program: the interpreter, which cannot
/// suspend, stops at an access, the access is made, and the instruction runs again from its beginning and is given
/// the answer. Instructions are fetched past every store buffer, in no order with other processors.
/// </summary>
/// <remarks>One for each machine: what it keeps between calls is a cache, which is checked against memory.</remarks>
[Immutable]
public abstract class InterpretedCode : IUserCode
{
    /// <summary>Instructions until others may run.</summary>
    private const int Slice = 100_000;

    /// <summary>The same in explored mode, where code that goes round without an access to memory must not hang.</summary>
    private const int ExploredSlice = 1000;

    private readonly ExploredMemory _explored = new();

    /// <summary>The last instruction that was undefined or is not supported, with its address; null when there was none.</summary>
    public abstract string? Unsupported { get; }

    /// <inheritdoc/>
    public Op<UserTrap> RunUntilTrap(Cpu cpu, RegisterFile regs, IUserMemory memory)
        => cpu.Machine.IsDirect ? RunDirect(cpu, regs, memory) : Explore(cpu, regs, cpu.Task().Mm.Get(cpu)!);

    /// <summary>Runs instructions from the instruction pointer on.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="regs">The registers of the current task.</param>
    /// <param name="memory">Its memory.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="reservation">The processor's; dropped with any trap.</param>
    protected abstract CodeExit Run(
        Cpu cpu, RegisterFile regs, IDirectMemory memory, int most, ref Reservation reservation);

    /// <summary>Lets the program's clock, which counts what the machine has executed, begin at 0.</summary>
    protected abstract void RestartClock();

    private async Op<UserTrap> RunDirect(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        Reservation reservation = default;
        int slice = cpu.Machine.Schedule?.Slice(Slice) ?? Slice;
        CodeExit exit = Run(cpu, regs, (IDirectMemory)memory, slice, ref reservation);
        if (exit.Kind == CodeExitKind.Slice)
        {
            await cpu.Yield();
        }

        return Trap(cpu, regs, exit, reservation);
    }

    private async Op<UserTrap> Explore(Cpu cpu, RegisterFile regs, MmStruct mm)
    {
        Reservation reservation = default;
        AccessAnswers answers = default;
        int left = ExploredSlice;
        while (true)
        {
            // What was executed is not undone with the steps, so the program's clock stands still.
            RestartClock();
            _explored.Begin(mm, answers);
            CodeExit exit = Run(cpu, regs, _explored, left, ref reservation);
            AccessRequest request = _explored.Request;
            if (request.Kind == AccessRequestKind.None)
            {
                if (exit.Kind == CodeExitKind.Slice)
                {
                    await cpu.Yield();
                }

                return Trap(cpu, regs, exit, reservation);
            }

            // An instruction that was completed has used its answers up.
            answers = exit.Executed == 0 ? answers : default;
            left = Math.Max(1, left - exit.Executed);
            if (answers.IsFull)
            {
                cpu.Note($"-- {cpu.Task()}: an instruction of more accesses than explored mode has room for --");
                return Fault(new SigInfo(Abi.Signals.SIGILL, SiCode.Kernel));
            }

            UserWord word = await request.Make(cpu, mm);
            if (word.Fault != FaultCode.None)
            {
                (int signal, int code) = word.Fault.Signal();
                return Fault(new SigInfo(signal, code) { Address = word.Address });
            }

            answers = answers.With((ulong)word.Value);
        }
    }

    private UserTrap Trap(Cpu cpu, RegisterFile regs, CodeExit exit, Reservation reservation)
    {
        if (reservation.Size != 0)
        {
            cpu.Note(FormattableString.Invariant(
                $"-- {cpu.Task()}: a trap takes the reservation of 0x{reservation.Address:x} away --"));
        }

        switch (exit.Kind)
        {
            case CodeExitKind.Syscall:
                return new UserTrap(UserTrapKind.Syscall);
            case CodeExitKind.Slice:
                return new UserTrap(UserTrapKind.Interrupt);
            case CodeExitKind.Step:
                cpu.Task().Kernel.Options.Architecture!.Stepping.TrapInUserMode(cpu, regs);
                break;
            case CodeExitKind.Undefined:
                cpu.Note($"-- {cpu.Task()}: {Unsupported} is not supported --");
                break;
            case CodeExitKind.Fault:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        return Fault(new SigInfo(exit.Fault.Signal, exit.Fault.Code) { Address = exit.Fault.Address });
    }

    private static UserTrap Fault(SigInfo info) => new(UserTrapKind.Fault, info);
}
