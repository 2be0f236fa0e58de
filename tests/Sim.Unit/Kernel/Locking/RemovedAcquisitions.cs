using Sim.Explore;
using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Kernel.Locking;

/// <summary>A lock whose acquisition was taken away does no damage but that its holder does not keep others out.</summary>
public sealed class RemovedAcquisitions
{
    private static readonly Site s_removed = new("Test.Removed", SiteKind.Lock, "", "the second acquisition");

    /// <summary>
    /// The release of the pretended lock must not free the real one, which another processor may hold as
    /// soon as the first release has reached memory.
    /// </summary>
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void Releasing_what_was_not_taken_does_not_free_the_lock_of_another(MemoryModel memory)
    {
        ExploreResult result = Explorer.Run(
            machine =>
            {
                var account = new Account(machine);
                machine.Spawn("pretender", account.TakeThenPretend);
                machine.Spawn("one", account.Count);
                machine.Spawn("two", account.Count);
                return null;
            },
            new ExploreOptions { Memory = memory, Without = [s_removed] });

        Assert.Equal(Verdict.Complete, result.Verdict);
    }

    private sealed class Account : MachineObject
    {
        private readonly SpinLock _lock;
        private readonly Guarded<int> _count;

        internal Account(SimMachine machine)
            : base(machine, "account")
        {
            _lock = new SpinLock(machine, LockClass.TaskLock, "account");
            _count = new Guarded<int>(this, "count", _lock);
        }

        internal async Op TakeThenPretend(Cpu cpu)
        {
            await _lock.Acquire(cpu);
            await _lock.Release(cpu);
            await _lock.Acquire(cpu, s_removed);
            await _lock.Release(cpu);
        }

        internal async Op Count(Cpu cpu)
        {
            await _lock.Acquire(cpu);
            _count.Set(cpu, _count.Get(cpu) + 1);
            await _lock.Release(cpu);
        }
    }
}
