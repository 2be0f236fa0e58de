using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Signals itself, and is put elsewhere by the handler.</summary>
[Immutable]
internal sealed class EditedCode(IArchitecture architecture, Notes notes) : MachineCode(architecture, notes)
{
    private const ulong Edited = 0x1030;

    protected override async Op<UserTrap> Step(Cpu cpu, RegisterFile regs, IUserMemory memory, ulong at)
    {
        switch (at)
        {
            case Start:
                return await Install(cpu, regs, memory, Start + 4, 10, Handler, SaFlags.None);
            case Start + 4:
                return Raise(cpu, regs, Start + 8, 10);
            case Handler:
                Note(cpu, await PeekInt(cpu, memory, Argument(cpu, regs, 1)));

                // uc_mcontext: rip of x86_64, gp_regs[PT_NIP] of ppc64.
                await Put(cpu, memory, Argument(cpu, regs, 2) + (IsPowerPc ? 488UL : 168UL), Edited);
                return Sigreturn(cpu, regs);
            case Edited:
                Note(cpu, 101);
                return Exit(cpu, regs, 7);
            default:
                return GetLost(cpu, regs);
        }
    }
}

/// <summary>Faults with a handler for SIGSEGV.</summary>
[Immutable]
internal sealed class FaultingCode(IArchitecture architecture, Notes notes) : MachineCode(architecture, notes)
{
    protected override async Op<UserTrap> Step(Cpu cpu, RegisterFile regs, IUserMemory memory, ulong at)
    {
        switch (at)
        {
            case Start:
                return await Install(cpu, regs, memory, Start + 4, Signals.SIGSEGV, Handler, SaFlags.NoDefer);
            case Start + 4:
                Note(cpu, 1);
                return new UserTrap(UserTrapKind.Fault, new SigInfo(Signals.SIGSEGV, SiCode.Kernel));
            case Handler:
                Note(cpu, 2);
                return Exit(cpu, regs, 3);
            default:
                return GetLost(cpu, regs);
        }
    }
}

/// <summary>A handler that another handler interrupts.</summary>
[Immutable]
internal sealed class NestedCode(IArchitecture architecture, Notes notes) : MachineCode(architecture, notes)
{
    private const ulong Inner = 0x2800;

    protected override async Op<UserTrap> Step(Cpu cpu, RegisterFile regs, IUserMemory memory, ulong at)
    {
        switch (at)
        {
            case Start:
                return await Install(cpu, regs, memory, Start + 4, 10, Handler, SaFlags.None);
            case Start + 4:
                return await Install(cpu, regs, memory, Start + 8, 12, Inner, SaFlags.None);
            case Start + 8:
                return Raise(cpu, regs, Start + 12, 10);
            case Start + 12:
                Note(cpu, Answer(cpu, regs));
                return Exit(cpu, regs, 7);
            case Handler:
                Note(cpu, 10);
                return Raise(cpu, regs, Handler + 4, 12);
            case Handler + 4:
                Note(cpu, 11);
                return Sigreturn(cpu, regs);
            case Inner:
                Note(cpu, 12);
                return Sigreturn(cpu, regs);
            default:
                return GetLost(cpu, regs);
        }
    }
}

/// <summary>Sleeps or reads until an alarm; the handler makes the pipe readable.</summary>
[Immutable]
internal sealed class SleepingCode(IArchitecture architecture, Notes notes, bool reads, SaFlags flags)
    : MachineCode(architecture, notes)
{
    private const ulong After = 0x1100;

    protected override async Op<UserTrap> Step(Cpu cpu, RegisterFile regs, IUserMemory memory, ulong at)
    {
        switch (at)
        {
            case Start:
                return await Install(cpu, regs, memory, Start + 4, Signals.SIGALRM, Handler, flags);
            case Start + 4:
                return Call(cpu, regs, Start + 8, "alarm", 1);
            case Start + 8:
                await Put(cpu, memory, Data, 3);
                await Put(cpu, memory, Data + 8, 0);
                return reads
                    ? Call(cpu, regs, After, "read", 3, Data, 1)
                    : Call(cpu, regs, After, "nanosleep", Data, Data + 16);
            case After - 2 when !IsPowerPc:
            case After - 4 when IsPowerPc:
                // The system call instruction again, with the registers as they were put back.
                Note(cpu, 0);
                Architecture.SetInstructionPointer(cpu, regs, After);
                return new UserTrap(UserTrapKind.Syscall);
            case After:
                Note(cpu, Answer(cpu, regs));
                if (!reads)
                {
                    Note(cpu, (long)await Peek(cpu, memory, Data + 16));
                }

                return Exit(cpu, regs, 7);
            case Handler:
                Note(cpu, Argument(cpu, regs, 0) == Signals.SIGALRM ? 14 : -1);
                return Call(cpu, regs, Handler + 4, "write", 4, Data, 1);
            case Handler + 4:
                return Sigreturn(cpu, regs);
            default:
                return GetLost(cpu, regs);
        }
    }
}

/// <summary>A handler on the alternate stack.</summary>
[Immutable]
internal sealed class AltStackCode(IArchitecture architecture, Notes notes) : MachineCode(architecture, notes)
{
    private const ulong Stack = (ulong)Scratch + 0x400;
    private const ulong Size = 0xc00;

    protected override async Op<UserTrap> Step(Cpu cpu, RegisterFile regs, IUserMemory memory, ulong at)
    {
        switch (at)
        {
            case Start:
                await Put(cpu, memory, Data, Stack);
                await Put(cpu, memory, Data + 8, 0);
                await Put(cpu, memory, Data + 16, Size);
                return Call(cpu, regs, Start + 4, "sigaltstack", Data, 0);
            case Start + 4:
                Note(cpu, Answer(cpu, regs));
                return await Install(cpu, regs, memory, Start + 8, 10, Handler, SaFlags.OnStack);
            case Start + 8:
                return Raise(cpu, regs, Start + 12, 10);
            case Start + 12:
                await Put(cpu, memory, Data + 16, 100);
                return Call(cpu, regs, Start + 16, "sigaltstack", Data, 0);
            case Start + 16:
                Note(cpu, Answer(cpu, regs));
                return Call(cpu, regs, Start + 20, "sigaltstack", (ulong)Nowhere, 0);
            case Start + 20:
                Note(cpu, Answer(cpu, regs));
                return Call(cpu, regs, Start + 24, "sigaltstack", 0, Data);
            case Start + 24:
                Note(cpu, await PeekInt(cpu, memory, Data + 8));
                Note(cpu, (long)await Peek(cpu, memory, Data + 16));
                return Exit(cpu, regs, 7);
            case Handler:
                Note(cpu, Architecture.GetStackPointer(cpu, regs) - Stack < Size ? 1 : 0);
                return Call(cpu, regs, Handler + 4, "sigaltstack", Data, 0);
            case Handler + 4:
                Note(cpu, Answer(cpu, regs));
                return Call(cpu, regs, Handler + 8, "sigaltstack", 0, Data);
            case Handler + 8:
                Note(cpu, await PeekInt(cpu, memory, Data + 8));
                return Sigreturn(cpu, regs);
            default:
                return GetLost(cpu, regs);
        }
    }
}
