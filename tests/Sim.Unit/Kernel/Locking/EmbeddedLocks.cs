using Sim.Explore;
using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Kernel.Locking;

/// <summary>A lock that lies in another object dies with it: who takes it later uses freed memory.</summary>
public sealed class EmbeddedLocks
{
    private static readonly string[] s_locks = ["spinlock", "read lock", "write lock", "wait queue"];

    public static TheoryData<string, Strategy, MemoryModel, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, Strategy, MemoryModel, bool>();
            foreach (string which in s_locks)
            {
                cases.Add(which, Strategy.Dfs, MemoryModel.Sc, true);
                cases.Add(which, Strategy.Dpor, MemoryModel.Sc, true);
                cases.Add(which, Strategy.Dpor, MemoryModel.Sc, false);
                cases.Add(which, Strategy.Dpor, MemoryModel.Tso, true);
                cases.Add(which, Strategy.Dpor, MemoryModel.Tso, false);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Taking_it_when_its_owner_may_be_freed_is_a_use_after_free(
        string which, Strategy strategy, MemoryModel memory, bool userFirst)
    {
        ExploreResult result = Explore(strategy, memory, house =>
        {
            if (userFirst)
            {
                house.Machine.Spawn("user", cpu => house.Use(cpu, which));
            }

            house.Machine.Spawn("owner", house.Free);
            if (!userFirst)
            {
                house.Machine.Spawn("user", cpu => house.Use(cpu, which));
            }
        });

        Finding finding = Assert.Single(result.Findings);
        Assert.Equal("KASAN", finding.Violation.Guarantee);
        Assert.Equal(0, result.Blocked);
    }

    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Taking_it_before_the_owner_is_told_to_free_is_right(MemoryModel memory)
    {
        ExploreResult result = Explore(Strategy.Dpor, memory, house =>
        {
            house.Machine.Spawn("user", house.UseAllThenTell);
            house.Machine.Spawn("owner", house.AwaitThenFree);
        });

        Assert.Equal((Verdict.Complete, 1, 0), (result.Verdict, result.Executions, result.Blocked));
    }

    [Fact]
    public void Freeing_is_taken_back_with_all_parts()
    {
        var machine = new SimMachine(new MachineOptions());
        var house = new House(machine);
        machine.Spawn("owner", house.Free);
        machine.Spawn("user", cpu => house.Use(cpu, "wait queue"));
        machine.Start(undoable: true, collectRaces: true, hashing: true);
        StateId before = machine.Identity();

        machine.Step(0, 0);
        Assert.All(house.Parts, part => Assert.True(part.IsFreed));
        machine.Undo();

        Assert.All(house.Parts, part => Assert.False(part.IsFreed));
        Assert.Equal(before, machine.Identity());
        machine.Step(1, 0);
        Assert.Null(machine.Violation);
    }

    private static ExploreResult Explore(Strategy strategy, MemoryModel memory, Action<House> fibers)
        => Explorer.Run(
            machine =>
            {
                fibers(new House(machine));
                return null;
            },
            new ExploreOptions { Strategy = strategy, Memory = memory, StopAtViolation = false });

    /// <summary>An object with every kind of lock in it.</summary>
    private sealed class House : MachineObject
    {
        private readonly SpinLock _spin;
        private readonly ReadWriteLock _readWrite;
        private readonly WaitQueue _queue;
        private readonly Shared<bool> _told;

        internal House(SimMachine machine)
            : base(machine, "house")
        {
            _spin = new SpinLock(this, LockClass.TaskLock, "spin");
            _readWrite = new ReadWriteLock(this, LockClass.Tasklist, "read_write");
            _queue = new WaitQueue(this, "queue");
            _told = new Shared<bool>(new Flag(machine), "told");
        }

        internal IEnumerable<MachineObject> Parts => [_spin, _readWrite, _queue];

        internal async Op Free(Cpu cpu) => await cpu.Free(this);

        internal async Op Use(Cpu cpu, string which)
        {
            switch (which)
            {
                case "spinlock":
                    await _spin.Acquire(cpu);
                    await _spin.Release(cpu);
                    break;
                case "read lock":
                    await _readWrite.AcquireRead(cpu);
                    await _readWrite.ReleaseRead(cpu);
                    break;
                case "write lock":
                    await _readWrite.AcquireWrite(cpu);
                    await _readWrite.ReleaseWrite(cpu);
                    break;
                default:
                    await _queue.WakeUpInterruptible(cpu);
                    break;
            }
        }

        internal async Op UseAllThenTell(Cpu cpu)
        {
            await Use(cpu, "spinlock");
            await Use(cpu, "read lock");
            await Use(cpu, "write lock");
            await Use(cpu, "wait queue");
            await cpu.Store(_told, true);
        }

        internal async Op AwaitThenFree(Cpu cpu)
        {
            await cpu.LoadWhen(_told, GuardKind.Equal, true);
            await cpu.Free(this);
        }

        private sealed class Flag(SimMachine machine) : MachineObject(machine, "flag");
    }
}
