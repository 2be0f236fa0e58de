using System.Collections.Immutable;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>The areas of an address space in order. A map never changes: every change makes another one.</summary>
[Immutable]
public sealed class VmAreaMap : IIdentified
{
    private VmAreaMap(ImmutableArray<VmArea> areas)
    {
        Areas = areas;
        ulong hash = 0;
        ulong pages = 0;
        foreach (VmArea area in areas)
        {
            hash = StateHash.Mix(hash, ((IIdentified)area).Identity);
            pages += area.Pages;
        }

        Identity = hash;
        Pages = pages;
    }

    /// <summary>Nothing is mapped.</summary>
    public static VmAreaMap Empty { get; } = new([]);

    /// <summary>The areas, by address.</summary>
    public ImmutableArray<VmArea> Areas { get; }

    /// <inheritdoc/>
    public ulong Identity { get; }

    /// <summary>total_vm: number of pages mapped.</summary>
    public ulong Pages { get; }

    /// <summary>map_count.</summary>
    public int Count => Areas.Length;

    /// <summary>find_vma(): the first area that ends after an address, which need not lie in it; null for none.</summary>
    public VmArea? Find(ulong address)
    {
        int index = IndexAfter(address);
        return index < Areas.Length ? Areas[index] : null;
    }

    /// <summary>find_vma_intersection(): the first area that meets a range.</summary>
    public VmArea? Find(ulong start, ulong end) => Find(start) is { } area && area.Start < end ? area : null;

    /// <summary>Whether any area uses a memory.</summary>
    public bool Uses(MemoryObject memory) => Areas.Any(area => ReferenceEquals(area.Memory, memory));

    /// <summary>The map with one more area, which meets none; it joins its neighbours if it can.</summary>
    public VmAreaMap With(VmArea area)
    {
        ImmutableArray<VmArea>.Builder areas = Areas.ToBuilder();
        areas.Insert(IndexAfter(area.Start), area);
        return Joined(areas);
    }

    /// <summary>The map without a range; areas that go beyond it are cut.</summary>
    public VmAreaMap Without(ulong start, ulong end) => Replace(start, end, _ => null);

    /// <summary>The map with other flags in a range.</summary>
    public VmAreaMap WithFlags(ulong start, ulong end, VmFlags access)
        => Replace(start, end, area => area with { Flags = (area.Flags & ~VmFlags.Access) | access });

    /// <summary>The map with an area replaced by a larger one.</summary>
    public VmAreaMap Grown(VmArea area, VmArea grown) => new(Areas.Replace(area, grown));

    /// <summary>The same map over other memory: what a fork gives the child.</summary>
    public VmAreaMap Over(Func<MemoryObject, MemoryObject> memory)
        => new([.. Areas.Select(area => area with { Memory = memory(area.Memory) })]);

    /// <summary>How many areas there would be if a range were cut out of its areas.</summary>
    public int CountCut(ulong start, ulong end)
    {
        int count = Count;
        foreach (VmArea area in Areas)
        {
            count += area.Start < start && start < area.End ? 1 : 0;
            count += area.Start < end && end < area.End ? 1 : 0;
        }

        return count;
    }

    /// <summary>The parts of the areas that lie in a range.</summary>
    public IEnumerable<VmArea> Within(ulong start, ulong end)
        => Areas.Where(area => area.Start < end && start < area.End).Select(area => area.Clip(start, end));

    private VmAreaMap Replace(ulong start, ulong end, Func<VmArea, VmArea?> change)
    {
        ImmutableArray<VmArea>.Builder areas = ImmutableArray.CreateBuilder<VmArea>(Areas.Length + 2);
        foreach (VmArea area in Areas)
        {
            if (area.End <= start || end <= area.Start)
            {
                areas.Add(area);
                continue;
            }

            if (area.Start < start)
            {
                areas.Add(area.Clip(area.Start, start));
            }

            if (change(area.Clip(start, end)) is { } changed)
            {
                areas.Add(changed);
            }

            if (end < area.End)
            {
                areas.Add(area.Clip(end, area.End));
            }
        }

        return Joined(areas);
    }

    private static VmAreaMap Joined(ImmutableArray<VmArea>.Builder areas)
    {
        for (int i = areas.Count - 1; i > 0; i--)
        {
            if (areas[i - 1].Joins(areas[i]))
            {
                areas[i - 1] = areas[i - 1] with { End = areas[i].End };
                areas.RemoveAt(i);
            }
        }

        return new VmAreaMap(areas.ToImmutable());
    }

    private int IndexAfter(ulong address)
    {
        int low = 0;
        int high = Areas.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Areas[middle].End > address)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
