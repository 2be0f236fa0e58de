using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine;
using static Sim.Unit.Kernel.Memory.AddressSpace;

namespace Sim.Unit.Kernel.Memory;

/// <summary>What parent and child share after a fork, and that everything is given back.</summary>
public sealed class ForkTests
{
    private const ulong Low = 0x10_0000;

    public static TheoryData<RunMode> Modes => [RunMode.Direct, RunMode.Explored];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Private_memory_is_each_ones_own_and_shared_memory_is_not(RunMode mode)
    {
        AddressSpace parent = On(mode);
        parent.MapFixed(Low, 2 * PageSize);
        var shared = (ulong)parent.Map(0, PageSize, flags: AddressSpace.Shared);
        parent.Store(Low, 1);
        parent.Store(shared, 1);
        AddressSpace child = parent.Fork();
        Assert.Equal(1, child.Load(Low).Value);
        parent.Store(Low, 2);
        child.Store(Low + 8, 3);
        parent.Store(Low + PageSize, 4);
        parent.Store(shared, 5);
        child.Store(shared + 8, 6);

        Assert.Equal((2L, 0L, 4L), (parent.Load(Low).Value, parent.Load(Low + 8).Value, parent.Load(Low + PageSize).Value));
        Assert.Equal((1L, 3L, 0L), (child.Load(Low).Value, child.Load(Low + 8).Value, child.Load(Low + PageSize).Value));
        Assert.Equal((5L, 6L), (child.Load(shared).Value, parent.Load(shared + 8).Value));
        Assert.Equal(parent.Areas, child.Areas);
    }

    [Fact]
    public void Direct_mode_copies_a_page_when_the_first_of_two_writes_and_never_again()
    {
        AddressSpace parent = On(RunMode.Direct);
        parent.MapFixed(Low, PageSize);
        parent.Store(Low, 1);
        AddressSpace child = parent.Fork();
        long index = (long)(Low / PageSize);
        Page original = parent.Mm.Anonymous.Pages.Find(index)!;
        Assert.Same(original, child.Mm.Anonymous.Pages.Find(index));
        Assert.Equal(2, original.References);

        child.Load(Low);
        child.Store(Low, 2);
        Assert.NotSame(original, child.Mm.Anonymous.Pages.Find(index));
        parent.Store(Low, 3);

        Assert.Same(original, parent.Mm.Anonymous.Pages.Find(index));
        Assert.Equal(1, original.References);
        Assert.Equal((3L, 2L), (parent.Load(Low).Value, child.Load(Low).Value));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_last_user_frees_everything(RunMode mode)
    {
        AddressSpace parent = On(mode);
        MemoryObject pages = MemoryObject.OfFile(parent.Machine, "file", Bytes.Of(new byte[5000]));
        var file = new MappedFile(pages, Writable: true);
        parent.MapFixed(Low, 4 * PageSize);
        var shared = (ulong)parent.Map(0, PageSize, flags: AddressSpace.Shared);
        var ofFile = (ulong)parent.Map(0, 2 * PageSize, ReadWrite, MapFlags.Shared, file);
        var copyOfFile = (ulong)parent.Map(0, 2 * PageSize, ReadWrite, MapFlags.Private, file);
        foreach (ulong at in (ulong[])[Low, Low + PageSize, shared, ofFile, copyOfFile])
        {
            parent.Store(at, 1);
        }

        Page filePage = pages.PageAt(0);
        MemoryObject[] memories = [.. Memories(parent.Mm)];
        AddressSpace child = parent.Fork();
        child.Store(Low, 2);
        Page[] touched = [.. memories.Concat(Memories(child.Mm)).SelectMany(memory => memory.Pages.Items.Values)];
        MemoryObject[] all = [.. memories, .. Memories(child.Mm)];
        Now(parent.Mm.MmGet(parent.Cpu));
        Now(parent.Mm.MmGrab(parent.Cpu));
        parent.Put();
        Assert.Equal(1, parent.Load(Low).Value);
        parent.Put();
        Assert.Equal(2, child.Load(Low).Value);
        Assert.False(parent.Mm.IsFreed);
        Now(parent.Mm.MmDrop(parent.Cpu));
        child.Put();

        Assert.True(parent.Mm.IsFreed && child.Mm.IsFreed);
        Assert.Equal(pages, Assert.Single(all.Distinct(), memory => !memory.IsFreed));
        Assert.All(touched.Where(page => page != filePage), page => Assert.True(page.IsFreed));
        Now(pages.Put(parent.Cpu));
        Assert.True(pages.IsFreed && filePage.IsFreed);
        Assert.Null(parent.Machine.Violation);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void What_is_unmapped_is_freed_at_once(RunMode mode)
    {
        AddressSpace space = On(mode);
        space.MapFixed(Low, 4 * PageSize);
        var shared = (ulong)space.Map(0, 2 * PageSize, flags: AddressSpace.Shared);
        space.Store(Low + PageSize, 1);
        space.Store(shared, 1);
        MemoryObject memory = space.Mm.Memories.PeekAt(0);
        Page page = space.Mm.Anonymous.Pages.Find((long)((Low + PageSize) / PageSize))!;

        Assert.Equal(Errno.None, space.Unmap(Low + PageSize, PageSize));
        Assert.True(page.IsFreed);
        Assert.Equal(Errno.None, space.Unmap(shared, PageSize));
        Assert.False(memory.IsFreed);
        Assert.Equal(Errno.None, space.Unmap(shared + PageSize, PageSize));
        Assert.True(memory.IsFreed);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_futex_is_the_word_and_not_its_address(RunMode mode)
    {
        AddressSpace parent = On(mode);
        parent.MapFixed(Low, 2 * PageSize);
        var shared = (ulong)parent.Map(0, 2 * PageSize, flags: AddressSpace.Shared);
        AddressSpace child = parent.Fork();
        MemoryObject memory = parent.Mm.Memories.PeekAt(0);
        var file = new MappedFile(memory, Writable: true);
        var again = (ulong)child.Map(0, PageSize, ReadWrite, MapFlags.Shared, file, PageSize);

        Assert.Equal(Key(parent, shared + PageSize + 4).Key, Key(child, again + 4).Key);
        Assert.NotEqual(Key(parent, shared).Key, Key(child, again).Key);
        Assert.NotEqual(Key(parent, Low).Key, Key(child, Low).Key);
        Assert.Equal(Key(parent, Low).Key, Key(parent, Low, isPrivate: true).Key);
        Assert.Equal(Errno.EINVAL, Key(parent, Low + 2).Error);
        Assert.Equal(Errno.EFAULT, Key(parent, Low - 4).Error);
        Assert.Equal(Errno.EFAULT, Key(parent, Paging.TaskSize, isPrivate: true).Error);

        static (FutexKey Key, Errno Error) Key(AddressSpace space, ulong address, bool isPrivate = false)
            => Now(space.Mm.FutexKey(space.Cpu, address, isPrivate));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_new_program_finds_its_arguments(RunMode mode)
    {
        AddressSpace space = On(mode);
        StackImage image = StackImage.Build(
            Paging.TaskSize,
            Text("/bin/true"),
            [Text("true"), Text("x")],
            [Text("A=1")],
            Text("x86_64"),
            Bytes.Of(new byte[16]),
            [new AuxiliaryEntry(6, PageSize)]);

        Assert.Equal(Errno.None, Now(space.Mm.SetUpStack(space.Cpu, image)));
        ulong sp = image.StackPointer;
        Assert.Equal(0UL, sp % 16);
        Assert.Equal(2, space.Load(sp).Value);
        Assert.Equal("true", TextAt(sp + 8));
        Assert.Equal("x", TextAt(sp + 16));
        Assert.Equal(0, space.Load(sp + 24).Value);
        Assert.Equal("A=1", TextAt(sp + 32));
        Assert.Equal(0, space.Load(sp + 40).Value);
        Assert.Equal((6L, (long)PageSize), (space.Load(sp + 48).Value, space.Load(sp + 56).Value));
        Assert.Equal((long)StackImage.FileName, space.Load(sp + 80).Value);
        Assert.Equal("/bin/true", TextAt(sp + 88));
        Assert.Equal("x86_64", TextAt(sp + 104));
        Assert.Equal((0L, 0L), (space.Load(sp + 112).Value, space.Load(sp + 120).Value));
        Assert.Equal(0, space.Load(Paging.TaskSize - 8).Value);

        string TextAt(ulong pointer) => System.Text.Encoding.ASCII.GetString(
            Now(space.Mm.CopyText(space.Cpu, (ulong)space.Load(pointer).Value, 100)).Text.Span);
    }

    private static Bytes Text(string text) => Bytes.Of(System.Text.Encoding.ASCII.GetBytes(text));

    private static IEnumerable<MemoryObject> Memories(MmStruct mm)
        => Enumerable.Range(0, mm.Memories.PeekCount).Select(mm.Memories.PeekAt).Append(mm.Anonymous);
}
