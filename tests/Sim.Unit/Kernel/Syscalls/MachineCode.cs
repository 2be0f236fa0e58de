using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Syscalls;
using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Small machine code: one step for each address, which ends in a trap.</summary>
[Immutable]
internal abstract class MachineCode(IArchitecture architecture, Notes notes) : IUserCode
{
    internal const ulong Start = 0x1000;
    protected const ulong Handler = 0x2000;
    protected const ulong Data = (ulong)Scratch + 0x80;
    private const ulong Restorer = 0x3000;
    private const ulong Descriptors = (ulong)Scratch + 0x100;
    private const long Lost = 999;

    protected IArchitecture Architecture => architecture;

    protected bool IsPowerPc { get; } = architecture is PowerPcArchitecture;

    public Op<UserTrap> RunUntilTrap(Cpu cpu, RegisterFile regs, IUserMemory memory)
        => Step(cpu, regs, memory, architecture.GetInstructionPointer(cpu, regs));

    protected abstract Op<UserTrap> Step(Cpu cpu, RegisterFile regs, IUserMemory memory, ulong at);

    protected void Note(Cpu cpu, long value) => notes.Add(cpu, value);

    /// <summary>An address where nothing should run.</summary>
    protected UserTrap GetLost(Cpu cpu, RegisterFile regs)
    {
        Note(cpu, Lost);
        return Exit(cpu, regs, 2);
    }

    protected async Op Put(Cpu cpu, IUserMemory memory, ulong address, ulong word)
        => Assert.True(await memory.Write(cpu, address, ByteBlock.OfWord(word, IsPowerPc)));

    protected async Op<ulong> Peek(Cpu cpu, IUserMemory memory, ulong address)
    {
        ByteBlock? block = await memory.Read(cpu, address, 8);
        return block!.Word(0, IsPowerPc);
    }

    /// <summary>The int at an address of eight bytes.</summary>
    protected async Op<long> PeekInt(Cpu cpu, IUserMemory memory, ulong address)
        => (uint)(await Peek(cpu, memory, address) >> (IsPowerPc ? 32 : 0));

    protected async Op<UserTrap> Install(
        Cpu cpu, RegisterFile regs, IUserMemory memory, ulong next, int signal, ulong handler, SaFlags flags)
    {
        ulong descriptor = Descriptors + (16 * (ulong)signal);
        await Put(cpu, memory, descriptor, handler);
        await Put(cpu, memory, (ulong)Scratch, IsPowerPc ? descriptor : handler);
        await Put(cpu, memory, (ulong)Scratch + 8, (ulong)(flags | SaFlags.SigInfo | SaFlags.Restorer));
        await Put(cpu, memory, (ulong)Scratch + 16, Restorer);
        await Put(cpu, memory, (ulong)Scratch + 24, 0);
        return Call(cpu, regs, next, "rt_sigaction", (ulong)signal, (ulong)Scratch, 0, 8);
    }

    protected UserTrap Raise(Cpu cpu, RegisterFile regs, ulong next, int signal)
        => Call(cpu, regs, next, "tgkill", (ulong)cpu.Task().Tgid, (ulong)cpu.Task().Tgid, (ulong)signal);

    protected UserTrap Exit(Cpu cpu, RegisterFile regs, ulong code) => Call(cpu, regs, 0, "exit_group", code);

    /// <summary>The end of a handler, and what the restorer or the trampoline does.</summary>
    protected UserTrap Sigreturn(Cpu cpu, RegisterFile regs)
    {
        // ret takes a word off; the trampoline of ppc64 adds __SIGNAL_FRAMESIZE.
        ulong stack = architecture.GetStackPointer(cpu, regs);
        architecture.SetStackPointer(cpu, regs, stack + (IsPowerPc ? 128UL : 8UL));
        return Call(cpu, regs, Restorer, "rt_sigreturn");
    }

    /// <summary>What the last call answered.</summary>
    protected long Answer(Cpu cpu, RegisterFile regs)
        => architecture.Syscalls.GetError(cpu, regs) is not 0 and var error
            ? error
            : (long)architecture.Syscalls.GetReturnValue(cpu, regs);

    protected ulong Argument(Cpu cpu, RegisterFile regs, int index) => regs.Get(cpu, Place(index));

    protected UserTrap Call(Cpu cpu, RegisterFile regs, ulong next, string name, params ReadOnlySpan<ulong> arguments)
    {
        int number = SyscallDispatch.NumberOf(IsPowerPc ? SyscallNumbering.Ppc64 : SyscallNumbering.X86_64, name);
        regs.Set(cpu, IsPowerPc ? PowerPcRegisters.Gpr : X86Registers.Ax, (ulong)number);
        for (int i = 0; i < arguments.Length; i++)
        {
            regs.Set(cpu, Place(i), arguments[i]);
        }

        architecture.SetInstructionPointer(cpu, regs, next);
        return new UserTrap(UserTrapKind.Syscall);
    }

    private int Place(int index) => IsPowerPc
        ? PowerPcRegisters.Gpr + 3 + index
        : index switch
        {
            0 => X86Registers.Di,
            1 => X86Registers.Si,
            2 => X86Registers.Dx,
            _ => X86Registers.R10,
        };
}
