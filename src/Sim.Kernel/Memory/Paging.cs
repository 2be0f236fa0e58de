namespace Sim.Kernel.Memory;

/// <summary>Sizes and limits of the address space: x86_64, four levels, no randomisation.</summary>
public static class Paging
{
    /// <summary>PAGE_SHIFT.</summary>
    public const int PageShift = 12;

    /// <summary>PAGE_SIZE.</summary>
    public const ulong PageSize = 1UL << PageShift;

    /// <summary>Words of a page.</summary>
    public const int WordsPerPage = (int)(PageSize / 8);

    /// <summary>TASK_SIZE: the first address that user mode cannot have.</summary>
    public const ulong TaskSize = (1UL << 47) - PageSize;

    /// <summary>TASK_UNMAPPED_BASE: where a search from the bottom begins.</summary>
    public static ulong UnmappedBase(ulong taskSize) => Align(taskSize / 3);

    /// <summary>dac_mmap_min_addr: nothing is mapped below it.</summary>
    public const ulong MinimumAddress = PageSize;

    /// <summary>sysctl_max_map_count: most areas of an address space.</summary>
    public const int MaxMapCount = 65530;

    /// <summary>How far below the stack pointer an access may grow the stack: enter with its locals.</summary>
    public const ulong StackSlack = 65536 + (32 * 8);

    private const ulong SmallestGap = 128UL << 20;

    /// <summary>The bits of an address below its page.</summary>
    public static ulong Offset(ulong address) => address & (PageSize - 1);

    /// <summary>PAGE_ALIGN(): rounds up; 0 when that overflows.</summary>
    public static ulong Align(ulong length) => unchecked(length + PageSize - 1) & ~(PageSize - 1);

    /// <summary>Rounds down to a page.</summary>
    public static ulong Floor(ulong address) => address & ~(PageSize - 1);

    /// <summary>mmap_base(): where a search from the top begins, below the room left for the stack.</summary>
    public static ulong MmapBase(ulong stackLimit, ulong taskSize = TaskSize)
        => Align(taskSize - Math.Clamp(stackLimit, SmallestGap, taskSize / 6 * 5));

    /// <summary>access_ok(): whether a range lies in user space as a whole.</summary>
    public static bool IsUserRange(ulong address, ulong length) => length <= TaskSize && address <= TaskSize - length;
}
