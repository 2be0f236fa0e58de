using System.Globalization;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>
/// A page of memory. Who touches it first makes it; which page it is depends on the memory and its
/// place there alone.
/// </summary>
/// <remarks>
/// In direct mode pages are shared copy on write after a fork, and counted. In explored mode a fork
/// copies at once: no program can see the difference, and a first write to a page, which would be an
/// event that every other thread's accesses have to be ordered with, is none.
/// </remarks>
public sealed class Page : MachineObject
{
    /// <summary>A page as it is before anybody wrote to it.</summary>
    internal Page(MemoryObject memory, long index, int removals)
        : base(memory, "page", NumberOf(index, removals), LabelOf(memory, index))
        => Words = new WordBlock(this, Paging.WordsPerPage, memory.Content?.Page(index) ?? default, isEvent: false);

    /// <summary>A page with the content of another one.</summary>
    internal Page(MemoryObject memory, long index, Page source)
        : base(memory, "page", NumberOf(index, memory.Pages.RemovalsOf(index)), LabelOf(memory, index))
        => Words = new WordBlock(
            this, Paging.WordsPerPage, source.Words.Snapshot(), isEvent: true);

    /// <summary>The content.</summary>
    public WordBlock Words { get; }

    /// <summary>How many address spaces map the page privately; direct mode only.</summary>
    internal int References { get; set; } = 1;

    private static long NumberOf(long index, int removals) => index | ((long)removals << 40);

    private static string LabelOf(MemoryObject memory, long index)
        => memory.Machine.IsDirect ? "" : string.Create(CultureInfo.InvariantCulture, $"{memory.Label}:{index << Paging.PageShift:x}");
}
