using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>fork() of an address space. Source: kernel/fork.c dup_mm(), dup_mmap().</summary>
public static class DupMm
{
    /// <summary>
    /// Makes a copy of an address space: shared memory stays shared, private memory is the child's own
    /// from now on.
    /// </summary>
    /// <param name="mm">The address space of the caller.</param>
    /// <param name="cpu">Who forks.</param>
    /// <param name="label">The child's name in traces.</param>
    /// <remarks>
    /// Context: current, may sleep. Locks: none; takes mmap_sem of both.
    /// Returns: an address space with one user.
    /// Linux:   kernel/fork.c dup_mm(). Copying page by page on write is an optimisation of direct mode
    /// alone: see <see cref="Page"/>.
    /// </remarks>
    public static async Op<MmStruct> Duplicate(this MmStruct mm, Cpu cpu, string? label)
    {
        var child = new MmStruct(cpu.Machine, label, mm.Limits.Peek, mm.TaskSize);
        await mm.BeginChange(cpu);
        await child.MmapSem.AcquireWriteNested(cpu);
        child.Limits.Set(cpu, mm.Limits.Get(cpu));
        if (!cpu.Machine.IsDirect && mm.EverShared.Get(cpu))
        {
            // Other threads may be about to write: what is copied is what memory holds at this step.
            await cpu.Watch(WatchSet.Always.With(PrivateWords(mm, cpu)));
        }

        CopyMemories(mm, cpu, child);
        for (int i = 0; i < child.Memories.Count(cpu); i++)
        {
            MemoryObject memory = child.Memories.At(cpu, i);
            if (memory.IsShared)
            {
                await memory.Get(cpu);
            }
        }

        child.Areas.Set(cpu, AreasOf(mm, cpu, child));
        child.StartBrk.Set(cpu, mm.StartBrk.Get(cpu));
        child.Brk.Set(cpu, mm.Brk.Get(cpu));
        child.DataBytes.Set(cpu, mm.DataBytes.Get(cpu));
        await child.MmapSem.ReleaseWrite(cpu);
        await mm.EndChange(cpu);
        return child;
    }

    /// <summary>Gives the child what stands behind the areas, in the same order; in one step.</summary>
    private static void CopyMemories(MmStruct mm, Cpu cpu, MmStruct child)
    {
        child.Anonymous.CopyPages(mm.Anonymous);
        for (int i = 0; i < mm.Memories.Count(cpu); i++)
        {
            MemoryObject memory = mm.Memories.At(cpu, i);
            if (!memory.IsShared)
            {
                var copy = MemoryObject.Private(cpu.Machine, memory.GivenLabel, memory.Content);
                copy.CopyPages(memory);
                memory = copy;
            }

            child.Memories.Add(cpu, memory);
        }
    }

    /// <summary>The words of private memory that were ever touched.</summary>
    private static IEnumerable<Shared<long>> PrivateWords(MmStruct mm, Cpu cpu)
        => Enumerable.Range(0, mm.Memories.Count(cpu)).Select(i => mm.Memories.At(cpu, i)).Append(mm.Anonymous)
            .Where(memory => !memory.IsShared)
            .SelectMany(memory => memory.Pages.Items.OrderBy(entry => entry.Key))
            .SelectMany(entry => entry.Value.Words.Touched);

    private static VmAreaMap AreasOf(MmStruct mm, Cpu cpu, MmStruct child)
    {
        return mm.Areas.Get(cpu).Over(Counterpart);

        MemoryObject Counterpart(MemoryObject memory)
        {
            for (int i = 0; i < mm.Memories.Count(cpu); i++)
            {
                if (ReferenceEquals(mm.Memories.At(cpu, i), memory))
                {
                    return child.Memories.At(cpu, i);
                }
            }

            return child.Anonymous;
        }
    }
}
