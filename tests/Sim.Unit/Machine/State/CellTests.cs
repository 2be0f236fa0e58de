using System.Reflection;
using System.Runtime.CompilerServices;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Machine.Ops;

namespace Sim.Unit.Machine.State;

/// <summary>A cell holds the values of its type, in both modes and under both memory models.</summary>
public sealed class CellTests
{
    private enum Colour : byte
    {
        Red,
        Green,
        Last = 255,
    }

    [Fact]
    public void A_cell_gives_back_what_was_stored()
    {
        Check((sbyte)-5);
        Check(byte.MaxValue);
        Check(ushort.MaxValue);
        Check(short.MinValue);
        Check(uint.MaxValue);
        Check(int.MinValue);
        Check(ulong.MaxValue);
        Check(long.MinValue);
        Check(true);
        Check(Colour.Last);
        Check(1.5f);
        Check(-2.25);
        Check(new Half2(3, -4));

        static void Check<T>(T value)
            where T : unmanaged
            => Assert.Equal(value, Words.To<T>(Words.From(value)));
    }

    [Fact]
    public void Arithmetic_wraps_at_the_width_of_the_cell()
    {
        var machine = new SimMachine(new MachineOptions());
        var words = new Words4(machine);
        machine.Spawn("add", words.AddPastTheEnd);
        machine.Start(undoable: true, collectRaces: false, hashing: false);
        Futures.RunToEnd(machine);

        // The fiber ends only if each sum equals the value that a store of it would leave.
        Assert.True(machine.IsFinished());
        Assert.Equal((1, 0, int.MinValue, 0u), (words.Byte.Peek, words.UShort.Peek, words.Int.Peek, words.UInt.Peek));
    }

    [Fact]
    public void Direct_mode_and_an_explored_run_of_one_fiber_compute_the_same()
    {
        long explored = Run(new MachineOptions());

        Assert.Equal(explored, Run(new MachineOptions { Memory = MemoryModel.Tso }));
        Assert.Equal(explored, Run(new MachineOptions { Mode = RunMode.Direct }));
        Assert.Equal(explored, Run(new MachineOptions { Mode = RunMode.Direct, Memory = MemoryModel.Tso }));

        static long Run(MachineOptions options)
        {
            var machine = new SimMachine(options);
            var words = new Words4(machine);
            machine.Spawn("mix", words.Mix);
            if (machine.IsDirect)
            {
                Assert.True(machine.Run());
            }
            else
            {
                machine.Start(undoable: true, collectRaces: true, hashing: true);
                Futures.RunToEnd(machine);
            }

            Assert.Null(machine.Violation);
            return words.Result.Peek;
        }
    }

    [Fact]
    public void Direct_mode_allocates_nothing()
    {
        Type shape = typeof(Words4).GetMethod(nameof(Words4.Mix), BindingFlags.Instance | BindingFlags.NonPublic)!
            .GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType;
        Assert.SkipUnless(shape.IsValueType, "a state machine that is a class is made on the heap");
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var words = new Words4(machine);
        var depot = new Depot(machine);
        Cpu cpu = machine.Spawn("idle", _ => Op.Done).Cpu;
        Run(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int times)
        {
            for (int i = 0; i < times; i++)
            {
                words.Mix(cpu).GetAwaiter().GetResult();
                depot.Lock.Take(cpu).GetAwaiter().GetResult();
                depot.Kept.Set(cpu, 1);
                depot.Lock.Drop(cpu).GetAwaiter().GetResult();
            }
        }
    }

    [Fact]
    public void Cells_and_objects_print_by_name()
    {
        var machine = new SimMachine(new MachineOptions());
        var depot = new Depot(machine);
        var crate = new Crate(machine);

        Assert.Equal($"depot[{depot.Label}].number", depot.Number.ToString());
        Assert.Equal("7", depot.Number.Show(7));
        Assert.Equal(crate.ToString(), depot.Goods.Show(crate.Id));
        Assert.Equal("NULL", depot.Goods.Show(0));
    }

    private readonly record struct Half2(short A, short B);

    private sealed class Words4 : MachineObject
    {
        internal Words4(SimMachine machine)
            : base(machine, "words")
        {
            Byte = new Shared<byte>(this, "byte", 250);
            UShort = new Shared<ushort>(this, "ushort", 1);
            Int = new Shared<int>(this, "int", int.MaxValue);
            UInt = new Shared<uint>(this, "uint", uint.MaxValue);
            Result = new Shared<long>(this, "result");
            Kept = new Guarded<Colour>(this, "kept", null);
        }

        internal Shared<byte> Byte { get; }

        internal Shared<ushort> UShort { get; }

        internal Shared<int> Int { get; }

        internal Shared<uint> UInt { get; }

        internal Shared<long> Result { get; }

        internal Guarded<Colour> Kept { get; }

        internal async Op AddPastTheEnd(Cpu cpu)
        {
            await cpu.Rmw(Byte, RmwKind.Add, (byte)7);
            await cpu.LoadWhen(Byte, GuardKind.Equal, (byte)1);
            await cpu.Rmw(UShort, RmwKind.Add, ushort.MaxValue);
            await cpu.LoadWhen(UShort, GuardKind.Equal, (ushort)0);
            await cpu.Rmw(Int, RmwKind.Add, 1);
            await cpu.LoadWhen(Int, GuardKind.Equal, int.MinValue);
            await cpu.Rmw(UInt, RmwKind.Add, 1u);
            await cpu.LoadWhen(UInt, GuardKind.Equal, 0u);
        }

        internal async Op Mix(Cpu cpu)
        {
            await cpu.Store(Int, 5);
            await cpu.Store(Byte, (byte)1);
            int old = await cpu.Rmw(Int, RmwKind.Exchange, 6);
            old = (old * 10) + await cpu.CompareExchange(Int, 5, 7);
            old = (old * 10) + await cpu.CompareExchange(Int, 6, 8);
            old = (old * 10) + await cpu.Load(Int);
            old = (old * 10) + await cpu.Rmw(Int, RmwKind.Or, 3);
            old = (old * 10) + await cpu.Rmw(Int, RmwKind.AndNot, 8);
            old = (old * 10) + await cpu.LoadWhen(Int, GuardKind.AnyOf, 1);
            Kept.Set(cpu, Colour.Green);
            await cpu.Yield();
            old = (old * 10) + await cpu.RmwWhen(Int, GuardKind.NoneOf, 4, RmwKind.Add, 1);
            await cpu.Store(Result, ((long)old * 10) + (long)Kept.Get(cpu));
        }
    }
}
