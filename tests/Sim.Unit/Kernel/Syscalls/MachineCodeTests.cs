using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using Sim.Explore;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Handlers of machine code: frames in user memory, registers, sigreturn by number.</summary>
public sealed class MachineCodeTests
{
    private const ulong StackTop = (ulong)Scratch + 0x1ff0;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_program_goes_on_where_its_handler_put_it(bool powerPc)
        => Exits("10 101", Architecture(powerPc), (architecture, notes) => new EditedCode(architecture, notes));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stack_without_room_for_the_frame_kills(bool powerPc)
        => IsKilled("", Architecture(powerPc), (architecture, notes) => new EditedCode(architecture, notes));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fault_runs_the_handler_of_SIGSEGV(bool powerPc)
    {
        (Notes notes, TaskStruct task) = Run(
            Architecture(powerPc), StackTop, (architecture, seen) => new FaultingCode(architecture, seen));
        Assert.Equal("1 2", notes.ToString());
        Assert.Equal(WaitStatus.Exit(3), task.ExitCode.Peek);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_fault_kills_when_the_handler_of_SIGSEGV_has_no_stack(bool powerPc)
        => IsKilled("1", Architecture(powerPc), (architecture, notes) => new FaultingCode(architecture, notes));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handler_interrupts_another(bool powerPc)
        => Exits("10 12 11 0", Architecture(powerPc), (architecture, notes) => new NestedCode(architecture, notes));

    [Theory]
    [InlineData(false, true, SaFlags.Restart, "14 0 1")]
    [InlineData(true, true, SaFlags.Restart, "14 0 1")]
    [InlineData(false, true, SaFlags.None, "14 -4")]
    [InlineData(true, true, SaFlags.None, "14 -4")]
    [InlineData(false, false, SaFlags.Restart, "14 -4 2")]
    [InlineData(true, false, SaFlags.Restart, "14 -4 2")]
    [InlineData(false, false, SaFlags.None, "14 -4 2")]
    [InlineData(true, false, SaFlags.None, "14 -4 2")]
    public void After_a_handler_a_read_begins_again_if_it_may_and_a_sleep_never(
        bool powerPc, bool reads, SaFlags flags, string expected)
        => Exits(
            expected, Architecture(powerPc), (architecture, notes) => new SleepingCode(architecture, notes, reads, flags));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handler_runs_on_the_alternate_stack_and_cannot_change_it(bool powerPc)
        => Exits(
            "0 1 -1 1 -12 -14 0 3072",
            Architecture(powerPc),
            (architecture, notes) => new AltStackCode(architecture, notes));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kill_wins_over_the_frame_at_any_point(bool powerPc)
    {
        (string ends, ExploreResult result) = EveryEnd(
            MemoryModel.Sc, Make, new KernelOptions { Architecture = Architecture(powerPc) });
        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal(" | 10 | 10 101", ends);

        static void Make(CallWorld world)
        {
            TaskStruct task = Prepare(world, StackTop, (architecture, notes) => new EditedCode(architecture, notes));
            world.Process("killer", user => Kill(user, task.Tgid));
        }

        static async Op<int> Kill(User user, int victim)
        {
            await user.Kill(victim, Signals.SIGKILL);
            return 0;
        }
    }

    private static IArchitecture Architecture(bool powerPc)
        => powerPc ? PowerPcArchitecture.Ppc64() : new X86Architecture();

    private static void Exits(string expected, IArchitecture architecture, Func<IArchitecture, Notes, IUserCode> code)
    {
        (Notes notes, TaskStruct task) = Run(architecture, StackTop, code);
        Assert.Equal(expected, notes.ToString());
        Assert.Equal(WaitStatus.Exit(7), task.ExitCode.Peek);
    }

    private static void IsKilled(string expected, IArchitecture architecture, Func<IArchitecture, Notes, IUserCode> code)
    {
        (Notes notes, TaskStruct task) = Run(architecture, (ulong)Nowhere, code);
        Assert.Equal(expected, notes.ToString());
        Assert.Equal(Signals.SIGSEGV, task.ExitCode.Peek & 0x7f);
    }

    private static (Notes Notes, TaskStruct Task) Run(
        IArchitecture architecture, ulong stack, Func<IArchitecture, Notes, IUserCode> code)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new CallWorld(machine, new KernelOptions { Architecture = architecture });
        TaskStruct task = Prepare(world, stack, code);
        Assert.True(world.Kernel.Clock.Run());
        return (world.Seen, task);
    }

    private static TaskStruct Prepare(CallWorld world, ulong stack, Func<IArchitecture, Notes, IUserCode> code)
    {
        SimMachine machine = world.Kernel.Machine;
        IArchitecture architecture = world.Kernel.Options.Architecture!;
        TaskStruct task = world.Process("program", _ => Op<int>.Of(0));
        world.Open(task);
        RegisterFile regs = architecture.NewRegisters(machine, "program");
        architecture.StartThread(machine.BootCpu, regs, new ThreadStart(MachineCode.Start, stack));
        task.Registers.Set(machine.BootCpu, regs);
        task.Context.Peek!.Program.Set(
            machine.BootCpu, new ProgramImage(machine, new MachineProgram(code(architecture, world.Seen))));
        return task;
    }
}
