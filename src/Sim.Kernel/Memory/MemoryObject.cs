using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>
/// What stands behind areas: the private memory of one address space, or memory that several map: the
/// pages of a file or of a shared anonymous mapping. Pages are made on first use.
/// Linux: struct address_space, struct anon_vma.
/// </summary>
public sealed class MemoryObject : MachineObject
{
    private MemoryObject(SimMachine machine, string kind, string? label, Bytes? content, bool isShared)
        : base(machine, kind, label)
    {
        Content = content;
        IsShared = isShared;
        Users = new Shared<int>(this, "users", 1);
        Pages = new MachineTable<Page>(this, "pages");
    }

    /// <summary>What a file holds before anybody writes to its pages; null for memory that begins as zeros.</summary>
    internal Bytes? Content { get; }

    /// <summary>Whether a fork shares the pages for good.</summary>
    public bool IsShared { get; }

    /// <summary>The address spaces that map it, and whoever else keeps it.</summary>
    internal Shared<int> Users { get; }

    /// <summary>The pages that were touched.</summary>
    public MachineTable<Page> Pages { get; }

    /// <summary>The pages of a file; its maker keeps one reference.</summary>
    public static MemoryObject OfFile(SimMachine machine, string name, Bytes content)
        => new(machine, "file", name, content, isShared: true);

    /// <summary>Zeros that several address spaces share: an unnamed file of shmem.</summary>
    internal static MemoryObject SharedZeros(SimMachine machine, string? label)
        => new(machine, "shmem", label, null, isShared: true);

    /// <summary>Private memory: zeros, or a private copy of a file.</summary>
    internal static MemoryObject Private(SimMachine machine, string? label, Bytes? content)
        => new(machine, content is null ? "anon" : "private", label, content, isShared: false);

    /// <summary>Whether a page exists: a file ends somewhere, zeros do not.</summary>
    internal bool Has(long index) => Content is null || index < (Content.Length + (long)Paging.PageSize - 1) >> Paging.PageShift;

    /// <summary>A page, made if it is touched for the first time.</summary>
    internal Page PageAt(long index)
    {
        Page? page = Pages.Find(index);
        if (page is null)
        {
            page = Pages.FindIdle(index) ?? new Page(this, index, Pages.RemovalsOf(index));
            Pages.Add(index, page);
        }

        return page;
    }

    /// <summary>A page that may be written: in direct mode a page shared since a fork is copied first.</summary>
    internal Page WritablePageAt(long index)
    {
        Page page = PageAt(index);
        if (page.References == 1)
        {
            return page;
        }

        page.References--;
        Pages.Remove(index);
        var copy = new Page(this, index, page);
        Pages.Add(index, copy);
        return copy;
    }

    /// <summary>Another address space maps it.</summary>
    internal async Op Get(Cpu cpu) => await cpu.Rmw(Users, RmwKind.Add, 1);

    /// <summary>Somebody no longer needs it; the last one frees it with its pages.</summary>
    /// <remarks>Context: any; does not sleep.</remarks>
    public async Op Put(Cpu cpu)
    {
        int before = await cpu.Rmw(Users, RmwKind.Add, -1);
        if (before <= 0)
        {
            Machine.Violate("REFCOUNT", $"{this}: a reference too many is dropped");
        }
        else if (before == 1)
        {
            await FreePages(cpu, 0, long.MaxValue);
            await cpu.Free(this);
        }
    }

    /// <summary>Frees the pages of a range, but in direct mode those that others share since a fork.</summary>
    internal async Op FreePages(Cpu cpu, long from, long end)
    {
        if (Machine.IsDirect)
        {
            FreePlainPages(cpu, from, end);
            return;
        }

        while (TakePage(from, end) is { } page)
        {
            await cpu.Free(page);
        }
    }

    private void FreePlainPages(Cpu cpu, long from, long end)
    {
        foreach (long index in Pages.KeysIn(from, end))
        {
            Page page = Pages.Remove(index)!;
            if (--page.References == 0)
            {
                cpu.Free(page).GetResult();
            }
        }
    }

    /// <summary>Takes the first page of a range out; null when none is left.</summary>
    internal Page? TakePage(long from, long end)
    {
        long first = Pages.FirstKey(from, end);
        return first < 0 ? null : Pages.Remove(first);
    }

    /// <summary>
    /// The pages of another memory appear here too: in direct mode the same ones, to be copied when they
    /// are written, in explored mode copies.
    /// </summary>
    internal void CopyPages(MemoryObject source)
    {
        foreach ((long index, Page page) in source.Pages.Items)
        {
            if (Machine.IsDirect)
            {
                page.References++;
                Pages.Add(index, page);
            }
            else
            {
                Pages.Add(index, new Page(this, index, page));
            }
        }
    }
}
