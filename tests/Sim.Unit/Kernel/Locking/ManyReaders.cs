using Sim.Explore;
using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Kernel.Locking;

/// <summary>A grace period waits for every open read section, however many tasks there are.</summary>
public sealed class ManyReaders
{
    private static readonly Site s_removed = new("Test.Removed", SiteKind.Fence, "", "the book is off the shelf");

    [Theory]
    [InlineData(3, MemoryModel.Sc)]
    [InlineData(66, MemoryModel.Sc)]
    [InlineData(66, MemoryModel.Tso)]
    [InlineData(130, MemoryModel.Sc)]
    public void What_a_reader_found_is_not_freed_while_it_reads(int readers, MemoryModel memory)
    {
        ExploreResult result = Explorer.Run(
            machine =>
            {
                var shelf = new Shelf(machine, readers);
                machine.Spawn("reader", shelf.Read);
                machine.Spawn("updater", shelf.Update);
                return null;
            },
            new ExploreOptions { Memory = memory });

        Assert.Equal(Verdict.Complete, result.Verdict);
        Assert.True(result.Executions > 1);
    }

    private sealed class Shelf : MachineObject
    {
        private readonly Rcu _rcu;
        private readonly RcuReader _last;
        private readonly SharedRef<Book> _book;

        internal Shelf(SimMachine machine, int readers)
            : base(machine, "shelf")
        {
            _rcu = new Rcu(machine);
            for (int i = 1; i < readers; i++)
            {
                _rcu.AddReader(machine.BootCpu, $"reader {i}");
            }

            _last = _rcu.AddReader(machine.BootCpu, "last reader");
            _book = new SharedRef<Book>(this, "book", new Book(machine));
        }

        internal async Op Read(Cpu cpu)
        {
            await _last.Lock(cpu);
            Book? book = await cpu.Load(_book);
            if (book is not null)
            {
                await cpu.Load(book.Text);
            }

            await _last.Unlock(cpu);
        }

        internal async Op Update(Cpu cpu)
        {
            Book? old = await cpu.Load(_book);
            await cpu.Store(_book, null);
            await cpu.Fence(s_removed);
            await _rcu.Call(cpu, old!);
        }
    }

    private sealed class Book : RcuHead
    {
        internal Book(SimMachine machine)
            : base(machine, "book")
            => Text = new Shared<int>(this, "text");

        internal Shared<int> Text { get; }

        public override async Op Run(Cpu cpu) => await cpu.Free(this);
    }
}
