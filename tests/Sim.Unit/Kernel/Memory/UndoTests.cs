using Sim.Explore;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using static Sim.Unit.Kernel.Memory.AddressSpace;

namespace Sim.Unit.Kernel.Memory;

/// <summary>Steps on address spaces can be taken back, and lead to the same states again.</summary>
public sealed class UndoTests
{
    private const ulong X = 0x10_0000;
    private const int Length = 400;

    [Theory]
    [InlineData(MemoryModel.Sc, false)]
    [InlineData(MemoryModel.Tso, false)]
    [InlineData(MemoryModel.Sc, true)]
    [InlineData(MemoryModel.Tso, true)]
    public void Taking_steps_back_restores_the_state_that_was_there(MemoryModel memory, bool threads)
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            SimMachine machine = Start(memory, threads);
            var random = new Prng(seed);
            var states = new List<StateId> { machine.Identity() };
            var schedule = new List<(int Process, int Alternative)>();
            while (schedule.Count < Length && machine.Enabled() != 0)
            {
                int process = Pick(machine, random);
                int alternative = random.Below(machine.AlternativesOf(process));
                machine.Step(process, alternative);
                schedule.Add((process, alternative));
                states.Add(machine.Identity());
                Assert.Null(machine.Violation);
                if (random.Below(20) == 0)
                {
                    int back = random.Below(schedule.Count);
                    UndoTo(machine, back, states);
                    Redo(machine, back, schedule, states);
                }
            }

            UndoTo(machine, 0, states);
            Redo(machine, 0, schedule, states);
            SimMachine fresh = Start(memory, threads);
            Redo(fresh, 0, schedule, states);
        }
    }

    private static SimMachine Start(MemoryModel memory, bool threads)
    {
        var machine = new SimMachine(new MachineOptions { Memory = memory });
        var mm = new MmStruct(machine, "mm");
        Cpu boot = machine.BootCpu;
        Now(mm.Map(boot, X, 4 * PageSize, ReadWrite, Private | MapFlags.Fixed));
        Now(mm.Map(boot, X + (8 * PageSize), PageSize, ReadWrite, Shared | MapFlags.Fixed));
        Now(mm.SetStartBrk(boot, X + (100 * PageSize)));
        machine.Spawn("one", cpu => Busy(cpu, mm));
        if (threads)
        {
            Now(mm.Share(boot));
            machine.Spawn("two", cpu => Busy(cpu, mm));
        }

        machine.Start(undoable: true, collectRaces: true, hashing: true);
        return machine;
    }

    private static async Op Busy(Cpu cpu, MmStruct mm)
    {
        for (int round = 1; ; round++)
        {
            ulong at = X + ((ulong)await cpu.Choose(9) * PageSize);
            switch (await cpu.Choose(9))
            {
                case 0:
                    await mm.Map(cpu, at, PageSize, ReadWrite, Private | MapFlags.Fixed);
                    break;
                case 1:
                    await mm.Unmap(cpu, at, 2 * PageSize);
                    break;
                case 2:
                    await mm.Protect(cpu, at, PageSize, Protection.Read);
                    break;
                case 3:
                    await mm.SetBrk(cpu, X + (100 * PageSize) + ((ulong)round % 3 * 5000));
                    break;
                case 4:
                    MmStruct child = await mm.Duplicate(cpu, "child");
                    await child.Store(cpu, at, 4, round);
                    await child.MmPut(cpu);
                    break;
                case 5:
                    await mm.Load(cpu, at, 2);
                    break;
                default:
                    await mm.Store(cpu, at + ((ulong)round % 4 * 4), 4, round);
                    break;
            }
        }
    }

    private static int Pick(SimMachine machine, Prng random)
    {
        ulong enabled = machine.Enabled();
        int process;
        do
        {
            process = random.Below(64);
        }
        while ((enabled & (1UL << process)) == 0);

        return process;
    }

    private static void UndoTo(SimMachine machine, int count, List<StateId> states)
    {
        while (machine.StepCount > count)
        {
            machine.Undo();
            Assert.Equal(states[machine.StepCount], machine.Identity());
        }
    }

    private static void Redo(
        SimMachine machine, int from, List<(int Process, int Alternative)> schedule, List<StateId> states)
    {
        for (int i = from; i < schedule.Count; i++)
        {
            machine.Step(schedule[i].Process, schedule[i].Alternative);
            Assert.Equal(states[i + 1], machine.Identity());
        }
    }
}
