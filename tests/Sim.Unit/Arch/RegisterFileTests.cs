using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Machine.Ops;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Unit.Arch;

/// <summary>Registers belong to the machine: writes can be taken back, count for the state, and are checked.</summary>
public sealed class RegisterFileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_signal_round_trip_can_be_taken_back_step_by_step(bool powerPc)
    {
        var machine = new SimMachine(new MachineOptions());
        IArchitecture architecture = powerPc ? PowerPcArchitecture.Ppc64() : new X86Architecture();
        RegisterFile regs = architecture.NewRegisters(machine, "task");
        var memory = new MappedMemory(machine, MappedMemory.DefaultBase, 0x4000);
        machine.Spawn("task", cpu => RoundTrip(cpu, architecture, regs, memory));
        machine.Start(undoable: true, collectRaces: true, hashing: true);
        var way = new List<(StateId, string)> { (machine.Identity(), Picture()) };
        while (machine.Enabled() != 0)
        {
            machine.Step(0, 0);
            way.Add((machine.Identity(), Picture()));
        }

        Assert.Null(machine.Violation);
        Assert.True(machine.IsFinished());
        Assert.True(way.Count > 5);
        Assert.Equal(way.Count, way.Distinct().Count());
        for (int i = way.Count - 2; i >= 0; i--)
        {
            machine.Undo();
            Assert.Equal(way[i], (machine.Identity(), Picture()));
        }

        machine.Step(0, 0);
        Assert.Equal(way[1], (machine.Identity(), Picture()));

        string Picture() => string.Join(' ', Enumerable.Range(0, regs.Length).Select(regs.Peek));
    }

    [Fact]
    public void Equal_registers_are_equal_identity_whatever_the_way()
    {
        var machine = new SimMachine(new MachineOptions());
        RegisterFile regs = new X86Architecture().NewRegisters(machine, "task");
        machine.Spawn("task", cpu => Change(cpu, regs));
        machine.Start(undoable: true, collectRaces: false, hashing: true);
        StateId start = machine.Identity();
        StateId one = After(1);
        Assert.Equal(one, After(2, 1));
        Assert.Equal(start, After(0));
        Assert.Equal(start, After(3, 0));
        Assert.NotEqual(start, one);
        Assert.NotEqual(one, After(3, 1));

        StateId After(params int[] choices)
        {
            foreach (int choice in choices)
            {
                machine.Step(0, choice);
            }

            StateId id = machine.Identity();
            Futures.UndoTo(machine, 0);
            return id;
        }

        static async Op Change(Cpu cpu, RegisterFile regs)
        {
            while (true)
            {
                Apply(cpu, regs, await cpu.Choose(4));
            }
        }

        static void Apply(Cpu cpu, RegisterFile regs, int choice)
        {
            if (choice == 3)
            {
                regs.Set(cpu, Bx, regs.Get(cpu, Bx) ^ 1);
            }
            else
            {
                regs.Set(cpu, Ax, (ulong)choice);
            }

            if (choice == 0)
            {
                regs.Set(cpu, Bx, 0);
            }
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Touching_the_registers_of_a_running_task_is_a_data_race(bool writerFirst, bool bothWrite)
    {
        var machine = new SimMachine(new MachineOptions());
        RegisterFile regs = new X86Architecture().NewRegisters(machine, "task");
        machine.Spawn("task", cpu => Write(cpu, regs));
        machine.Spawn("tracer", cpu => bothWrite ? Write(cpu, regs) : Read(cpu, regs));
        machine.Start(undoable: true, collectRaces: true, hashing: false);
        machine.Step(writerFirst ? 0 : 1, 0);
        Assert.Null(machine.Violation);
        machine.Step(writerFirst ? 1 : 0, 0);

        Assert.Equal("KCSAN", machine.Violation?.Guarantee);
        Assert.Contains("regs[task].words", machine.Violation!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Touching_the_registers_of_a_stopped_task_is_none()
    {
        var machine = new SimMachine(new MachineOptions());
        RegisterFile regs = new X86Architecture().NewRegisters(machine, "task");
        var stopped = new Shared<int>(regs, "stopped");
        machine.Spawn("task", cpu => WriteAndStop(cpu, regs, stopped));
        machine.Spawn("tracer", cpu => ReadStopped(cpu, regs, stopped));
        machine.Start(undoable: true, collectRaces: true, hashing: false);
        Futures.RunToEnd(machine);

        Assert.Null(machine.Violation);
        Assert.True(machine.IsFinished());

        static async Op WriteAndStop(Cpu cpu, RegisterFile regs, Shared<int> stopped)
        {
            await cpu.Yield();
            regs.Set(cpu, Ax, 1);
            await cpu.Rmw(stopped, RmwKind.Exchange, 1);
        }

        static async Op ReadStopped(Cpu cpu, RegisterFile regs, Shared<int> stopped)
        {
            await cpu.LoadWhen(stopped, GuardKind.Equal, 1);
            Bug.On(regs.Get(cpu, Ax) != 1);
        }
    }

    [Fact]
    public void Registers_of_a_freed_task_are_a_use_after_free()
    {
        var machine = new SimMachine(new MachineOptions());
        RegisterFile regs = new X86Architecture().NewRegisters(machine, "task");
        machine.Spawn("task", cpu => FreeAndRead(cpu, regs));
        machine.Start(undoable: true, collectRaces: true, hashing: false);
        Futures.RunToEnd(machine);

        Assert.Equal("KASAN", machine.Violation?.Guarantee);

        static async Op FreeAndRead(Cpu cpu, RegisterFile regs)
        {
            await cpu.Free(regs);
            await cpu.Yield();
            regs.Get(cpu, Ax);
        }
    }

    [Fact]
    public void Direct_mode_allocates_nothing()
    {
        var bench = Bench.X86();
        Run(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int times)
        {
            for (int i = 0; i < times; i++)
            {
                bench.Syscalls.Enter(bench.Cpu, bench.Regs);
                bench.Syscalls.GetNumber(bench.Cpu, bench.Regs);
                bench.Syscalls.Leave(bench.Cpu, bench.Regs, -512);
                bench.Syscalls.RestartWithoutHandler(bench.Cpu, bench.Regs);
            }
        }
    }

    private static async Op Write(Cpu cpu, RegisterFile regs)
    {
        await cpu.Yield();
        regs.Set(cpu, Ax, 1);
    }

    private static async Op Read(Cpu cpu, RegisterFile regs)
    {
        await cpu.Yield();
        regs.Get(cpu, Ax);
    }

    private static async Op RoundTrip(Cpu cpu, IArchitecture architecture, RegisterFile regs, MappedMemory memory)
    {
        await cpu.Yield();
        architecture.StartThread(cpu, regs, new ThreadStart(0x1000, MappedMemory.DefaultBase + 0x3000));
        var signal = new SignalDelivery(
            10,
            new UserSiginfo(10, UserSiginfo.SI_USER),
            MappedMemory.DefaultBase,
            HandlerFlags.SigInfo | HandlerFlags.Restorer,
            0x2000,
            5);
        Bug.On(!await architecture.Signals.SetupFrame(cpu, regs, memory, signal));
        await architecture.Stepping.EnableSingleStep(cpu, regs, memory);
        await cpu.Yield();
        architecture.SetStackPointer(
            cpu, regs, architecture.GetStackPointer(cpu, regs) + (architecture.IsBigEndian ? 128UL : 8UL));
        FrameReturn answer = await architecture.Signals.ReturnFromHandler(cpu, regs, memory);
        Bug.On(!answer.IsValid || answer.Mask != 5);
        Bug.On(architecture.GetStackPointer(cpu, regs) != MappedMemory.DefaultBase + 0x3000);
    }
}
