using Sim.Explore;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using static Sim.Unit.Kernel.Memory.AddressSpace;

namespace Sim.Unit.Kernel.Memory;

/// <summary>Threads that race on user memory and on the map: exactly the ends that the memory model allows.</summary>
public sealed class ThreadTests
{
    private const ulong X = UserThreads.X;
    private const ulong Y = UserThreads.Y;

    public static TheoryData<MemoryModel> Models => [MemoryModel.Sc, MemoryModel.Tso];

    [Theory]
    [InlineData(MemoryModel.Sc, 8, "01 10 11")]
    [InlineData(MemoryModel.Tso, 8, "00 01 10 11")]
    [InlineData(MemoryModel.Sc, 4, "01 10 11")]
    [InlineData(MemoryModel.Tso, 4, "00 01 10 11")]
    [InlineData(MemoryModel.Tso, 1, "00 01 10 11")]
    public void Store_buffering_ends_as_the_model_allows(MemoryModel memory, int size, string ends)
    {
        Assert.Equal(ends, UserThreads.Explore(memory, Program).Ends);

        Func<string> Program(UserThreads threads)
        {
            (MmStruct mm, Seen seen) = (threads.Mm, threads.Seen);
            threads.Spawn("left", cpu => WriteThenRead(cpu, mm, X, Y, size, seen.A));
            threads.Spawn("right", cpu => WriteThenRead(cpu, mm, Y, X, size, seen.B));
            return () => $"{seen.A.Peek}{seen.B.Peek}";
        }
    }

    /// <summary>Each access is one step: the reduction needs as many executions as there are partial orders.</summary>
    [Theory]
    [InlineData(MemoryModel.Sc, 8, 3)]
    [InlineData(MemoryModel.Tso, 8, 4)]
    [InlineData(MemoryModel.Sc, 4, 3)]
    [InlineData(MemoryModel.Tso, 4, 4)]
    public void Processes_race_on_shared_memory_and_nothing_else(MemoryModel memory, int size, long executions)
    {
        (string ends, long found) = UserThreads.Explore(memory, Program);

        Assert.Equal(executions, found);
        Assert.Equal(memory == MemoryModel.Sc ? "01 10 11" : "00 01 10 11", ends);

        Func<string> Program(UserThreads world)
        {
            Cpu boot = world.Machine.BootCpu;
            (MmStruct mm, Seen seen) = (world.Mm, world.Seen);
            Now(mm.Map(boot, X, PageSize, ReadWrite, AddressSpace.Shared | MapFlags.Fixed));
            MmStruct child = Now(mm.Duplicate(boot, "child"));
            world.Machine.Spawn("left", cpu => WriteThenRead(cpu, mm, X, Y, size, seen.A));
            world.Machine.Spawn("right", cpu => WriteThenRead(cpu, child, Y, X, size, seen.B));
            return () => $"{seen.A.Peek}{seen.B.Peek}";
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Stores_to_the_halves_of_a_word_do_not_destroy_each_other(MemoryModel memory)
    {
        Assert.Equal("0000000200000001", UserThreads.Explore(memory, Program).Ends);

        static Func<string> Program(UserThreads threads)
        {
            MmStruct mm = threads.Mm;
            threads.Spawn("low", cpu => Store(cpu, mm, X, 4, 1));
            threads.Spawn("high", cpu => Store(cpu, mm, X + 4, 4, 2));
            return () => mm.Anonymous.PageAt((long)(X / PageSize)).Words.Peek(0).ToString("x16");
        }
    }

    /// <summary>
    /// A thread sees its own store at once and others late. A load of other bytes of the same word waits for the
    /// store instead, which is more order than a real processor promises.
    /// </summary>
    [Theory]
    [InlineData(2, 2, "00 01 10 11")]
    [InlineData(0, 2, "00 01 10 11")]
    [InlineData(0, 4, "01 10 11")]
    [InlineData(2, 4, "01 10 11")]
    public void A_load_is_served_from_a_waiting_store_of_the_same_bytes(ulong from, int width, string ends)
    {
        Assert.Equal(ends, UserThreads.Explore(MemoryModel.Tso, Program).Ends);

        Func<string> Program(UserThreads threads)
        {
            (MmStruct mm, Seen seen) = (threads.Mm, threads.Seen);
            threads.Spawn("left", cpu => Look(cpu, mm, (X + from, Y + from), width, seen.A));
            threads.Spawn("right", cpu => Look(cpu, mm, (Y + from, X + from), width, seen.B));
            return () => $"{seen.A.Peek}{seen.B.Peek}";
        }

        static async Op Look(Cpu cpu, MmStruct mm, (ulong Own, ulong Other) place, int width, Guarded<long> seen)
        {
            await mm.Store(cpu, place.Own, 2, 1);
            await mm.Load(cpu, width == 4 ? place.Own & ~3UL : place.Own, width);
            UserWord word = await mm.Load(cpu, place.Other, 2);
            seen.Set(cpu, word.Value);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Locked_additions_are_never_lost_and_others_are(MemoryModel memory)
    {
        Assert.Equal("2", UserThreads.Explore(memory, threads => Program(threads, locked: true)).Ends);
        Assert.Equal("1 2", UserThreads.Explore(memory, threads => Program(threads, locked: false)).Ends);

        static Func<string> Program(UserThreads threads, bool locked)
        {
            MmStruct mm = threads.Mm;
            for (int i = 0; i < 2; i++)
            {
                threads.Spawn($"thread {i}", cpu => Add(cpu, mm, locked));
            }

            return () => $"{mm.Anonymous.PageAt((long)(X / PageSize)).Words.Peek(0)}";
        }

        static async Op Add(Cpu cpu, MmStruct mm, bool locked)
        {
            if (locked)
            {
                await mm.Atomic(cpu, X, 4, RmwKind.Add, 1);
            }
            else
            {
                UserWord word = await mm.Load(cpu, X, 4);
                await mm.Store(cpu, X, 4, word.Value + 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void An_access_comes_before_or_after_munmap(MemoryModel memory)
    {
        Assert.Equal("MapError None", UserThreads.Explore(memory, threads => Program(threads), compare: false).Ends);

        static Func<string> Program(UserThreads threads)
        {
            (MmStruct mm, Seen seen) = (threads.Mm, threads.Seen);
            threads.Spawn("unmap", cpu => Unmap(cpu, mm));
            threads.Spawn("store", cpu => TryStore(cpu, mm, seen));
            return () => ((FaultCode)seen.A.Peek).ToString();
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_fork_sees_the_stores_of_another_thread_in_order(MemoryModel memory)
    {
        Assert.Equal("00 10 11", UserThreads.Explore(memory, Program, compare: false).Ends);

        static Func<string> Program(UserThreads threads)
        {
            (MmStruct mm, Seen seen) = (threads.Mm, threads.Seen);
            threads.Spawn("fork", cpu => Fork(cpu, mm, seen));
            threads.Spawn("store", cpu => StoreBoth(cpu, mm));
            return () => $"{seen.A.Peek}{seen.B.Peek}";
        }

        static async Op Fork(Cpu cpu, MmStruct mm, Seen seen)
        {
            MmStruct child = await mm.Duplicate(cpu, "child");
            UserWord x = await child.Load(cpu, X, 8);
            UserWord y = await child.Load(cpu, Y, 8);
            seen.A.Set(cpu, x.Value);
            seen.B.Set(cpu, y.Value);
            await child.MmPut(cpu);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void The_last_thread_frees_the_memory(MemoryModel memory)
    {
        Assert.Equal("True True", UserThreads.Explore(memory, Program, compare: false).Ends);

        static Func<string> Program(UserThreads threads)
        {
            MmStruct mm = threads.Mm;
            threads.Spawn("one", cpu => StoreAndLeave(cpu, mm, X));
            threads.Spawn("two", cpu => StoreAndLeave(cpu, mm, X + PageSize));
            return () => $"{mm.IsFreed} {mm.Anonymous.IsFreed && mm.Anonymous.Pages.Count == 0}";
        }

        static async Op StoreAndLeave(Cpu cpu, MmStruct mm, ulong address)
        {
            await mm.Store(cpu, address, 8, 1);
            await mm.MmPut(cpu);
        }
    }

    [Fact]
    public void A_thread_without_a_reference_uses_freed_memory()
    {
        ExploreResult result = Explorer.Run(World, new ExploreOptions());

        Assert.Equal("KASAN", Assert.Single(result.Findings).Violation.Guarantee);

        static Action? World(SimMachine machine)
        {
            var mm = new MmStruct(machine, "mm");
            Now(mm.Map(machine.BootCpu, X, PageSize, ReadWrite, Private | MapFlags.Fixed));
            Now(mm.Share(machine.BootCpu));
            Now(mm.MmPut(machine.BootCpu));
            machine.Spawn("user", cpu => Store(cpu, mm, X, 8, 1));
            machine.Spawn("exit", cpu => mm.MmPut(cpu));
            return null;
        }
    }

    [Fact]
    public void An_unordered_change_of_an_address_space_of_one_thread_is_reported()
    {
        ExploreResult result = Explorer.Run(World, new ExploreOptions());

        Assert.Equal("KCSAN", Assert.Single(result.Findings).Violation.Guarantee);

        static Action? World(SimMachine machine)
        {
            var mm = new MmStruct(machine, "mm");
            Now(mm.Map(machine.BootCpu, X, PageSize, ReadWrite, Private | MapFlags.Fixed));
            machine.Spawn("user", cpu => LoadLater(cpu, mm));
            machine.Spawn("intruder", cpu => Unmap(cpu, mm));
            return null;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Two_threads_grow_a_stack_once(MemoryModel memory)
    {
        Assert.Equal("0", UserThreads.Explore(memory, Program, compare: false).Ends);

        static Func<string> Program(UserThreads threads)
        {
            MmStruct mm = threads.Mm;
            const ulong Top = 0x2000_0000;
            MapFlags flags = Private | MapFlags.Fixed | MapFlags.GrowsDown;
            Now(mm.Map(threads.Machine.BootCpu, Top - PageSize, PageSize, ReadWrite, flags));
            threads.Spawn("one", cpu => Store(cpu, mm, Top - PageSize - 8, 8, 1));
            threads.Spawn("two", cpu => Store(cpu, mm, Top - PageSize - 16, 8, 1));
            return () => $"{mm.Areas.Peek.Pages - 4}";
        }
    }

    private static async Op WriteThenRead(
        Cpu cpu, MmStruct mm, ulong written, ulong read, int size, Guarded<long> seen)
    {
        await mm.Store(cpu, written, size, 1);
        UserWord word = await mm.Load(cpu, read, size);
        seen.Set(cpu, word.Value);
    }

    private static async Op Store(Cpu cpu, MmStruct mm, ulong address, int size, long value)
        => await mm.Store(cpu, address, size, value);

    private static async Op TryStore(Cpu cpu, MmStruct mm, Seen seen)
    {
        UserWord word = await mm.Store(cpu, X, 8, 1);
        seen.A.Set(cpu, (long)word.Fault);
    }

    private static async Op StoreBoth(Cpu cpu, MmStruct mm)
    {
        await mm.Store(cpu, X, 8, 1);
        await mm.Store(cpu, Y, 8, 1);
    }

    private static async Op LoadLater(Cpu cpu, MmStruct mm)
    {
        await cpu.Yield();
        await mm.Load(cpu, X, 8);
    }

    private static async Op Unmap(Cpu cpu, MmStruct mm) => await mm.Unmap(cpu, X, PageSize);
}
