using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Handlers of machine code: frames in user memory, registers, sigreturn by number.</summary>
public sealed class MachineCodeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_program_goes_on_where_its_handler_put_it(bool powerPc)
    {
        (Notes notes, TaskStruct task) = Run(powerPc, badStack: false);
        Assert.Equal($"10 {StubCode.WasEdited}", notes.ToString());
        Assert.Equal(WaitStatus.Exit(7), task.ExitCode.Peek);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stack_without_room_for_the_frame_kills(bool powerPc)
    {
        (Notes notes, TaskStruct task) = Run(powerPc, badStack: true);
        Assert.Equal("", notes.ToString());
        Assert.Equal(Sim.Kernel.Abi.Signals.SIGSEGV, task.ExitCode.Peek & 0x7f);
    }

    private static (Notes Notes, TaskStruct Task) Run(bool powerPc, bool badStack)
    {
        IArchitecture architecture = powerPc ? PowerPcArchitecture.Ppc64() : new X86Architecture();
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new CallWorld(machine, new KernelOptions { Architecture = architecture });
        TaskStruct task = world.Process("program", _ => Op<int>.Of(0));
        RegisterFile regs = architecture.NewRegisters(machine, "program");
        architecture.StartThread(machine.BootCpu, regs, new ThreadStart(
            StubCode.Start, (ulong)(badStack ? Nowhere : Scratch + 0x1ff0)));
        task.Registers.Set(machine.BootCpu, regs);
        var notes = new Notes(machine);
        var stub = new StubCode(architecture, powerPc, notes);
        task.Context.Peek!.Program.Set(machine.BootCpu, new ProgramImage(machine, new MachineProgram(stub)));
        Assert.True(world.Kernel.Clock.Run());
        return (notes, task);
    }
}

/// <summary>A program in direct mode: sets a handler, signals itself, and is put elsewhere by the handler.</summary>
[Immutable]
internal sealed class StubCode(IArchitecture architecture, bool powerPc, Notes notes) : IUserCode
{
    internal const ulong Start = 0x1000;
    private const ulong Signal = 0x1010;
    private const ulong NotReached = 0x1020;
    private const ulong Edited = 0x1030;
    private const ulong Handler = 0x2000;
    private const ulong Restorer = 0x3000;
    private const ulong Descriptor = (ulong)Scratch + 0x100;
    internal const long NotEdited = 100;
    internal const long WasEdited = 101;
    private const long Lost = 102;

    public async Op<UserTrap> RunUntilTrap(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        switch (architecture.GetInstructionPointer(cpu, regs))
        {
            case Start:
                await Put(cpu, memory, Descriptor, Handler);
                await Put(cpu, memory, (ulong)Scratch, powerPc ? Descriptor : Handler);
                await Put(cpu, memory, (ulong)Scratch + 8, (ulong)(SaFlags.SigInfo | SaFlags.Restorer));
                await Put(cpu, memory, (ulong)Scratch + 16, Restorer);
                return Call(cpu, regs, Signal, "rt_sigaction", 10, (ulong)Scratch, 0, 8);
            case Signal:
                return Call(cpu, regs, NotReached, "tgkill", (ulong)cpu.Task().Tgid, (ulong)cpu.Task().Tgid, 10);
            case NotReached:
                notes.Add(cpu, NotEdited);
                return Call(cpu, regs, NotReached, "exit_group", 1);
            case Edited:
                notes.Add(cpu, WasEdited);
                return Call(cpu, regs, Edited, "exit_group", 7);
            case Handler:
                int first = powerPc ? PowerPcRegisters.Gpr + 3 : X86Registers.Di;
                ulong info = regs.Get(cpu, powerPc ? first + 1 : X86Registers.Si);
                ulong ucontext = regs.Get(cpu, powerPc ? first + 2 : X86Registers.Dx);
                ByteBlock? signo = await memory.Read(cpu, info, 8);
                notes.Add(cpu, (long)((signo!.Word(0, powerPc) >> (powerPc ? 32 : 0)) & 0xffffffff));

                // uc_mcontext: rip of x86_64, gp_regs[PT_NIP] of ppc64.
                await Put(cpu, memory, ucontext + (powerPc ? 488UL : 168UL), Edited);
                if (!powerPc)
                {
                    architecture.SetStackPointer(cpu, regs, architecture.GetStackPointer(cpu, regs) + 8);
                }

                return Call(cpu, regs, Restorer, "rt_sigreturn");
            default:
                notes.Add(cpu, Lost);
                return Call(cpu, regs, Restorer, "exit_group", 2);
        }
    }

    private async Op Put(Cpu cpu, IUserMemory memory, ulong address, ulong word)
        => Assert.True(await memory.Write(cpu, address, ByteBlock.OfWord(word, powerPc)));

    private UserTrap Call(Cpu cpu, RegisterFile regs, ulong next, string name, params ReadOnlySpan<ulong> arguments)
    {
        int number = SyscallDispatch.NumberOf(powerPc ? SyscallNumbering.Ppc64 : SyscallNumbering.X86_64, name);
        regs.Set(cpu, powerPc ? PowerPcRegisters.Gpr : X86Registers.Ax, (ulong)number);
        ReadOnlySpan<int> places = [X86Registers.Di, X86Registers.Si, X86Registers.Dx, X86Registers.R10];
        for (int i = 0; i < arguments.Length; i++)
        {
            regs.Set(cpu, powerPc ? PowerPcRegisters.Gpr + 3 + i : places[i], arguments[i]);
        }

        architecture.SetInstructionPointer(cpu, regs, next);
        return new UserTrap(UserTrapKind.Syscall);
    }
}
