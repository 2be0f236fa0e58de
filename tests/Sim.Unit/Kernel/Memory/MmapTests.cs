using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine;
using static Sim.Unit.Kernel.Memory.AddressSpace;

namespace Sim.Unit.Kernel.Memory;

/// <summary>mmap(), munmap(), mprotect() and brk(): where things go, and every refusal.</summary>
public sealed class MmapTests
{
    private const ulong Low = 0x10_0000;

    [Theory]
    [InlineData(0x1000UL, 0UL, Private, 0UL, Errno.EINVAL)]
    [InlineData(0x1000UL, ulong.MaxValue, Private, 0UL, Errno.ENOMEM)]
    [InlineData(0x1000UL, ulong.MaxValue - 0xffff, Private, 0UL, Errno.ENOMEM)]
    [InlineData(0x1000UL, Paging.TaskSize + 1, Private, 0UL, Errno.ENOMEM)]
    [InlineData(0x1001UL, 0x1000UL, Private | MapFlags.Fixed, 0UL, Errno.EINVAL)]
    [InlineData(Paging.TaskSize, 0x1000UL, Private | MapFlags.Fixed, 0UL, Errno.ENOMEM)]
    [InlineData(Paging.TaskSize + 1, 0x1000UL, Private | MapFlags.Fixed, 0UL, Errno.ENOMEM)]
    [InlineData(0xFFFF_8000_0000_0000UL, 0x1000UL, Private | MapFlags.Fixed, 0UL, Errno.ENOMEM)]
    [InlineData(0UL, 0x1000UL, Private | MapFlags.Fixed, 0UL, Errno.EPERM)]
    [InlineData(0x1000UL, 0x1000UL, MapFlags.Anonymous, 0UL, Errno.EINVAL)]
    [InlineData(0x1000UL, 0x1000UL, MapFlags.Anonymous | MapFlags.Private | MapFlags.Shared, 0UL, Errno.EINVAL)]
    [InlineData(0x1000UL, 0x1000UL, Private, 0x800UL, Errno.EINVAL)]
    [InlineData(0x1000UL, 0x1000UL, MapFlags.Private, 0UL, Errno.EBADF)]
    internal void Mmap_refuses(ulong address, ulong length, MapFlags flags, ulong offset, Errno error)
    {
        AddressSpace space = On(RunMode.Direct);

        Assert.Equal(-(long)error, space.Map(address, length, ReadWrite, flags, offset: offset));
        Assert.Equal("", space.Areas);
    }

    [Theory]
    [InlineData(MapFlags.Shared, Protection.Read, true, false, Errno.None)]
    [InlineData(MapFlags.Shared, ReadWrite, true, false, Errno.EACCES)]
    [InlineData(MapFlags.Shared, ReadWrite, true, true, Errno.None)]
    [InlineData(MapFlags.Private, ReadWrite, true, false, Errno.None)]
    [InlineData(MapFlags.Private, Protection.Read, false, true, Errno.EACCES)]
    [InlineData(MapFlags.Private | MapFlags.GrowsDown, Protection.Read, true, true, Errno.EINVAL)]
    internal void A_file_must_be_open_for_what_is_asked(
        MapFlags flags, Protection protection, bool readable, bool writable, Errno error)
    {
        AddressSpace space = On(RunMode.Direct);
        var file = new MappedFile(
            MemoryObject.OfFile(space.Machine, "file", Bytes.Of([1, 2, 3])), readable, writable);

        long result = space.Map(0, PageSize, protection, flags, file);

        Assert.Equal(error, result < 0 ? (Errno)(-result) : Errno.None);
    }

    [Fact]
    public void A_mapping_goes_to_its_hint_or_below_the_last_one()
    {
        AddressSpace space = On(RunMode.Direct);
        long top = (long)Paging.MmapBase(MemoryLimits.UsualStack);

        Assert.Equal(top - 0x1000, space.Map(0, 1));
        Assert.Equal(top - 0x3000, space.Map(0, 0x2000));
        Assert.Equal(0x10_0000, space.Map(0x10_0123, 1));
        Assert.Equal(top - 0x4000, space.Map(0x10_0000, 1));
        Assert.Equal(top - 0x5000, space.Map(1, 1));
    }

    [Fact]
    public void The_bottom_is_searched_when_the_top_is_full()
    {
        AddressSpace space = On(RunMode.Direct);
        ulong top = Paging.MmapBase(MemoryLimits.UsualStack);
        Assert.Equal((long)Paging.MinimumAddress, space.MapFixed(Paging.MinimumAddress, top - Paging.MinimumAddress));

        Assert.Equal((long)top, space.Map(0, PageSize));
        Assert.Equal(-(long)Errno.ENOMEM, space.Map(0, Paging.TaskSize - top));
    }

    [Fact]
    public void Neighbours_become_one_area_and_a_hole_makes_two()
    {
        AddressSpace space = On(RunMode.Direct);
        space.MapFixed(Low, 4 * PageSize);
        space.MapFixed(Low + (4 * PageSize), 4 * PageSize);
        Assert.Equal("100-108:rw", space.Areas);

        Assert.Equal(Errno.None, space.Unmap(Low + (2 * PageSize), 1));
        Assert.Equal("100-102:rw 103-108:rw", space.Areas);

        space.MapFixed(Low + (2 * PageSize), PageSize);
        Assert.Equal("100-108:rw", space.Areas);
        Assert.Equal(0, space.Load(Low + (2 * PageSize)).Value);
    }

    [Fact]
    public void Mprotect_splits_and_joins()
    {
        AddressSpace space = On(RunMode.Direct);
        space.MapFixed(Low, 8 * PageSize);

        Assert.Equal(Errno.None, space.Protect(Low + (2 * PageSize), PageSize + 1, Protection.Read));
        Assert.Equal("100-102:rw 102-104:r 104-108:rw", space.Areas);
        Assert.Equal(Errno.None, space.Protect(Low + (2 * PageSize), 2 * PageSize, ReadWrite));
        Assert.Equal("100-108:rw", space.Areas);
    }

    [Theory]
    [InlineData(Low + 1, 1UL, Protection.Read, Errno.EINVAL)]
    [InlineData(Low, 0UL, Protection.Read, Errno.None)]
    [InlineData(Low, ulong.MaxValue - 0xfffff, Protection.Read, Errno.ENOMEM)]
    [InlineData(Low, 0x1000UL, (Protection)0x40, Errno.EINVAL)]
    [InlineData(Low, 0x1000UL, Protection.GrowsDown | Protection.GrowsUp, Errno.EINVAL)]
    [InlineData(Low, 0x1000UL, Protection.GrowsDown, Errno.EINVAL)]
    [InlineData(Low, 0x1000UL, Protection.GrowsUp, Errno.EINVAL)]
    [InlineData(Low - 0x1000, 0x2000UL, Protection.Read, Errno.ENOMEM)]
    [InlineData(Low + 0x10_0000, 0x2000UL, Protection.Read, Errno.ENOMEM)]
    internal void Mprotect_refuses(ulong start, ulong length, Protection protection, Errno error)
    {
        AddressSpace space = On(RunMode.Direct);
        space.MapFixed(Low, 4 * PageSize);

        Assert.Equal(error, space.Protect(start, length, protection));
        Assert.Equal("100-104:rw", space.Areas);
    }

    [Fact]
    public void Mprotect_changes_what_lies_before_a_hole()
    {
        AddressSpace space = On(RunMode.Direct);
        space.MapFixed(Low, 2 * PageSize);

        Assert.Equal(Errno.ENOMEM, space.Protect(Low + PageSize, 3 * PageSize, Protection.None));
        Assert.Equal("100-101:rw 101-102:", space.Areas);
    }

    [Fact]
    public void A_shared_mapping_of_a_read_only_file_never_becomes_writable()
    {
        AddressSpace space = On(RunMode.Direct);
        var file = new MappedFile(MemoryObject.OfFile(space.Machine, "file", Bytes.Of([1])));
        var at = (ulong)space.Map(0, PageSize, Protection.Read, MapFlags.Shared, file);

        Assert.Equal(Errno.EACCES, space.Protect(at, PageSize, ReadWrite));
    }

    [Theory]
    [InlineData(Low + 1, 0x1000UL, Errno.EINVAL)]
    [InlineData(Low, 0UL, Errno.EINVAL)]
    [InlineData(Low, ulong.MaxValue, Errno.EINVAL)]
    [InlineData(Paging.TaskSize, 0x1000UL, Errno.EINVAL)]
    [InlineData(0UL, 0x1000UL, Errno.None)]
    internal void Munmap_answers(ulong start, ulong length, Errno error)
        => Assert.Equal(error, On(RunMode.Direct).Unmap(start, length));

    [Fact]
    public void Rlimit_as_counts_mapped_pages_and_a_fixed_mapping_destroys_first()
    {
        AddressSpace space = On(RunMode.Direct, new MemoryLimits(AddressSpace: (4 * PageSize) + 1));
        space.MapFixed(Low, 4 * PageSize);

        Assert.Equal(-(long)Errno.ENOMEM, space.Map(0, 1));
        Assert.Equal(-(long)Errno.ENOMEM, space.MapFixed(Low + PageSize, 8 * PageSize));
        Assert.Equal("100-101:rw", space.Areas);
    }

    [Fact]
    public void Brk_moves_the_end_of_the_heap_or_says_where_it_is()
    {
        AddressSpace space = On(RunMode.Direct, new MemoryLimits(Data: 8 * PageSize));
        Now(space.Mm.SetStartBrk(space.Cpu, Low + 0x10));
        space.MapFixed(Low + (8 * PageSize), PageSize);

        Assert.Equal(Low + 0x10, space.SetBrk(0));
        Assert.Equal(Low + 0x2345, space.SetBrk(Low + 0x2345));
        Assert.Equal("101-103:rw 108-109:rw", space.Areas);
        space.Store(Low + 0x2340, 7);
        Assert.Equal(Low + 0x2345, space.SetBrk(Low + 0x10 + (8 * PageSize) + 1));

        // The page behind the heap must stay free.
        Assert.Equal(Low + 0x2345, space.SetBrk(Low + (7 * PageSize) + 1));
        Assert.Equal(Low + (7 * PageSize), space.SetBrk(Low + (7 * PageSize)));
        Assert.Equal(Low + 0x10, space.SetBrk(Low + 0x10));
        Assert.Equal("108-109:rw", space.Areas);
        space.SetBrk(Low + 0x2345);
        Assert.Equal(0, space.Load(Low + 0x2340).Value);
    }
}
