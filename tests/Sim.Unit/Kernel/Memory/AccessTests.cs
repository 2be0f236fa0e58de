using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Processors;
using static Sim.Unit.Kernel.Memory.AddressSpace;

namespace Sim.Unit.Kernel.Memory;

/// <summary>Loads, stores and copies: what they read and write, and how they fail. Both modes agree.</summary>
public sealed class AccessTests
{
    private const ulong Low = 0x10_0000;

    public static TheoryData<RunMode> Modes => [RunMode.Direct, RunMode.Explored];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_width_at_every_place_reads_back_what_was_written(RunMode mode)
    {
        AddressSpace space = On(mode);
        space.MapFixed(Low, 2 * PageSize);
        var bytes = new byte[48];
        foreach (int size in (int[])[1, 2, 4, 8])
        {
            for (int place = 0; place < 40; place++)
            {
                long value = 0x0102030405060708 * (place + 1);
                ulong address = Low + PageSize - 20 + (ulong)place;
                Assert.Equal(default, space.Store(address, value, size));
                BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(bytes.AsSpan(place));

                Assert.Equal(size == 8 ? value : value & ((1L << (8 * size)) - 1), space.Load(address, size).Value);
                Assert.Equal(bytes, Now(space.Mm.CopyFromUser(space.Cpu, Low + PageSize - 20, 48)).Copied.Span.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_fault_says_why_and_where(RunMode mode)
    {
        AddressSpace space = On(mode);
        space.MapFixed(Low, 2 * PageSize);
        space.Protect(Low, PageSize, Protection.Read);
        space.MapFixed(Low + (4 * PageSize), PageSize, Protection.None);
        space.MapFixed(Low + (5 * PageSize), PageSize, Protection.Write);
        var file = new MappedFile(MemoryObject.OfFile(space.Machine, "file", Bytes.Of(new byte[4097])));
        space.Map(Low + (8 * PageSize), 3 * PageSize, Protection.Read, MapFlags.Private | MapFlags.Fixed, file);

        Assert.Equal(new UserWord(0, FaultCode.MapError, Low - 8), space.Load(Low - 8));
        Assert.Equal(new UserWord(0, FaultCode.MapError, Low + (2 * PageSize)), space.Load(Low + (2 * PageSize) - 4));
        Assert.Equal(FaultCode.None, space.Load(Low).Fault);
        Assert.Equal(new UserWord(0, FaultCode.AccessError, Low + 3), space.Store(Low + 3, 1));
        Assert.Equal(FaultCode.None, space.Store(Low + PageSize, 1).Fault);
        Assert.Equal(FaultCode.AccessError, space.Load(Low + (4 * PageSize)).Fault);
        Assert.Equal(FaultCode.None, space.Load(Low + (5 * PageSize)).Fault);
        Assert.Equal(FaultCode.AccessError, Now(space.Mm.Load(space.Cpu, Low, 1, 0, AccessKind.Execute)).Fault);
        Assert.Equal(FaultCode.None, space.Load(Low + (10 * PageSize) - 8).Fault);
        Assert.Equal(new UserWord(0, FaultCode.BusError, Low + (10 * PageSize)), space.Load(Low + (10 * PageSize)));
        Assert.Equal(FaultCode.MapError, space.Load(Paging.TaskSize).Fault);
        Assert.Equal(FaultCode.MapError, space.Load(0xFFFF_FFFF_8000_0000UL).Fault);
        Assert.Equal(FaultCode.NotCanonical, space.Load(0x1234_5678_0000_0000UL).Fault);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_store_that_cannot_be_whole_writes_nothing(RunMode mode)
    {
        AddressSpace space = On(mode);
        space.MapFixed(Low, PageSize);
        space.MapFixed(Low + PageSize, PageSize, Protection.Read);

        UserWord result = space.Store(Low + PageSize - 4, -1);

        Assert.Equal(new UserWord(0, FaultCode.AccessError, Low + PageSize), result);
        Assert.Equal(0, space.Load(Low + PageSize - 8).Value);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Copies_stop_at_the_first_byte_that_is_not_there(RunMode mode)
    {
        AddressSpace space = On(mode);
        space.MapFixed(Low, 2 * PageSize);
        space.Protect(Low + PageSize, PageSize, Protection.Read);
        Bytes text = Bytes.Of("0123456789abcdefghij"u8);

        Assert.Equal(0, Now(space.Mm.CopyToUser(space.Cpu, Low + 5, text)));
        Assert.Equal(9, Now(space.Mm.CopyToUser(space.Cpu, Low + PageSize - 11, text)));
        Assert.Equal(20, Now(space.Mm.CopyToUser(space.Cpu, Paging.TaskSize - 19, text)));
        CopiedBytes copied = Now(space.Mm.CopyFromUser(space.Cpu, Low + PageSize - 11, 13 + 4096));
        Assert.Equal(13 - 11, copied.NotCopied);
        Assert.Equal("0123456789a"u8.ToArray(), copied.Copied.Span[..11].ToArray());
        Assert.Equal(
            ("56789abcdefghij", Errno.None),
            Show(Now(space.Mm.CopyText(space.Cpu, Low + 10, 100))));
        Assert.Equal(("567", Errno.None), Show(Now(space.Mm.CopyText(space.Cpu, Low + 10, 3))));
        Assert.Equal(Errno.EFAULT, Now(space.Mm.CopyText(space.Cpu, Low - 3, 8)).Error);

        static (string, Errno) Show((Bytes Text, Errno Error) copied)
            => (System.Text.Encoding.ASCII.GetString(copied.Text.Span), copied.Error);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_locked_instruction_changes_its_bytes_alone(RunMode mode)
    {
        AddressSpace space = On(mode);
        space.MapFixed(Low, PageSize);
        space.Store(Low, 0x1122334455667788);

        Assert.Equal(0x33, Atomic(5, 1, RmwKind.Add, 0xff).Value);
        Assert.Equal(0x1122, Atomic(6, 2, RmwKind.CompareExchange, 0x1122, 0x99aa).Value);
        Assert.Equal(0x99aa, Atomic(6, 2, RmwKind.CompareExchange, 0x1122, 0).Value);
        Assert.Equal(0x55667788, Atomic(0, 4, RmwKind.Exchange, -1).Value);
        Assert.Equal(0xffff, Atomic(2, 2, RmwKind.AndNot, 0xff).Value);
        Assert.Equal(unchecked((long)0x99aa3244ff00ffffUL), space.Load(Low).Value);
        Assert.Equal(FaultCode.MapError, Atomic(PageSize, 4, RmwKind.Or, 1).Fault);
        Assert.Throws<NotSupportedException>(() => Atomic(6, 4, RmwKind.Or, 1));

        UserWord Atomic(ulong offset, int size, RmwKind kind, long first, long second = 0)
            => Now(space.Mm.Atomic(space.Cpu, Low + offset, size, kind, first, second));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_stack_grows_as_far_as_its_limit_and_the_stack_pointer_let_it(RunMode mode)
    {
        AddressSpace space = On(mode, new MemoryLimits(Stack: 64 * PageSize));
        const ulong Top = 0x1000_0000;
        space.Map(Top - PageSize, PageSize, ReadWrite, Private | MapFlags.Fixed | MapFlags.GrowsDown);
        ulong sp = Top - (4 * PageSize);

        Assert.Equal(FaultCode.MapError, space.Load(sp - Paging.StackSlack - 1, 1, sp).Fault);
        Assert.Equal("ffff-10000:rw", space.Areas);
        Assert.Equal(FaultCode.None, space.Store(sp - Paging.StackSlack, 5, 1, sp).Fault);
        Assert.Equal("ffeb-10000:rw", space.Areas);
        Assert.Equal(5, space.Load(sp - Paging.StackSlack, 1, sp).Value);
        Assert.Equal(FaultCode.MapError, space.Load(Top - (64 * PageSize) - 1, 1).Fault);
        Assert.Equal(FaultCode.None, space.Load(Top - (64 * PageSize), 1).Fault);
        Assert.Equal("ffc0-10000:rw", space.Areas);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_tracer_reads_and_writes_what_the_program_may_not(RunMode mode)
    {
        AddressSpace space = On(mode);
        var file = new MappedFile(MemoryObject.OfFile(space.Machine, "text", Bytes.Of("program text"u8)));
        space.Map(Low, PageSize, Protection.Read | Protection.Execute, MapFlags.Private | MapFlags.Fixed, file);
        space.Map(Low + PageSize, PageSize, Protection.Read, MapFlags.Shared | MapFlags.Fixed, file);
        space.MapFixed(Low + (2 * PageSize), PageSize, Protection.None);
        AddressSpace child = space.Fork();

        Assert.Equal(1, Now(child.Mm.WriteProcess(child.Cpu, Low + 1, Bytes.Of([0xcc]))));
        Assert.Equal(0xcc, child.Load(Low + 1, 1).Value);
        Assert.Equal('r', space.Load(Low + 1, 1).Value);
        Assert.Equal('r', space.Load(Low + PageSize + 1, 1).Value);
        Assert.Equal(0, Now(child.Mm.WriteProcess(child.Cpu, Low + PageSize, Bytes.Of([1]))));
        Assert.Equal(4, Now(child.Mm.WriteProcess(child.Cpu, Low + (3 * PageSize) - 4, Bytes.Of(new byte[9]))));
        Assert.Equal(3, Now(child.Mm.ReadProcess(child.Cpu, Low + (3 * PageSize) - 3, 8)).Length);
        Assert.Equal(0, Now(child.Mm.ReadProcess(child.Cpu, ulong.MaxValue - 3, 8)).Length);
    }
}
