using Sim.Arch;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>
/// An address space: state and reference counts; the verbs are in the other files of this folder.
/// Linux: struct mm_struct.
/// </summary>
/// <remarks>
/// How explored mode orders accesses of user memory with changes of the map: while one thread uses the
/// address space, nothing has to be ordered. Once <see cref="Share"/> was called, each access first reads
/// <see cref="Walk"/>, as the processor walks the page table, and every change of the map writes that
/// word before and after. An access that finds a change going on waits for mmap_sem, like a page fault.
/// One access that walked before the change may still reach memory after it, as if it had come before.
/// That is exact for what is unmapped or copied by a fork; a store to what mprotect() made read-only or
/// to shared memory that munmap() removed may be seen later than a real processor would let it.
/// </remarks>
public sealed class MmStruct : MachineObject
{
    internal const int Changing = 1;

    /// <summary>mm_alloc(): an empty address space with one user.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="label">Its name in traces.</param>
    /// <param name="limits">The limits of the process.</param>
    /// <param name="taskSize">The first address that the program cannot have.</param>
    public MmStruct(
        SimMachine machine, string? label, MemoryLimits? limits = null, ulong taskSize = Paging.TaskSize)
        : base(machine, "mm", label)
    {
        MmUsers = new Shared<int>(this, "mm_users", 1);
        MmCount = new Shared<int>(this, "mm_count", 1);
        Walk = new Ghost<int>(this, "pgd");
        MmapSem = new RwSemaphore(this, RwSemaphore.MmapSem, machine.Label($"{label}.mmap_sem"));
        EverShared = new Guarded<bool>(this, "ever_shared", null);
        Areas = new GuardedValue<VmAreaMap>(this, "mmap", MmapSem, VmAreaMap.Empty);
        Limits = new GuardedValue<MemoryLimits>(this, "rlim", MmapSem, limits ?? MemoryLimits.Usual);
        StartBrk = new Guarded<ulong>(this, "start_brk", MmapSem);
        Brk = new Guarded<ulong>(this, "brk", MmapSem);
        DataBytes = new Guarded<ulong>(this, "data_bytes", MmapSem);
        Memories = new MachineList<MemoryObject>(this, "memories", MmapSem);
        Limbo = new MachineList<Page>(this, "limbo", MmapSem);
        Anonymous = MemoryObject.Private(machine, label, null);
        MmapBase = Paging.MmapBase((limits ?? MemoryLimits.Usual).Stack, taskSize);
        TaskSize = taskSize;
        Tlb = machine.IsDirect ? new Tlb() : null;
    }

    // Raced on purpose.

    /// <summary>mm_users: threads and visitors that use the addresses.</summary>
    public Shared<int> MmUsers { get; }

    /// <summary>mm_count: those who need the structure; all users together count once.</summary>
    public Shared<int> MmCount { get; }

    /// <summary>Whether the map is being changed, for those who do not hold mmap_sem.</summary>
    internal Ghost<int> Walk { get; }

    /// <summary>Whether a second thread was ever given the address space; set before that thread exists.</summary>
    internal Guarded<bool> EverShared { get; }

    // Protected by itself.

    /// <summary>mmap_sem.</summary>
    public RwSemaphore MmapSem { get; }

    // Protected by mmap_sem.

    /// <summary>The areas.</summary>
    public GuardedValue<VmAreaMap> Areas { get; }

    /// <summary>The limits of the process.</summary>
    public GuardedValue<MemoryLimits> Limits { get; }

    /// <summary>Where the heap begins.</summary>
    public Guarded<ulong> StartBrk { get; }

    /// <summary>Where the heap ends; not rounded.</summary>
    public Guarded<ulong> Brk { get; }

    /// <summary>end_data - start_data: counts against RLIMIT_DATA.</summary>
    public Guarded<ulong> DataBytes { get; }

    /// <summary>What stands behind the areas, besides <see cref="Anonymous"/>; one reference each.</summary>
    internal MachineList<MemoryObject> Memories { get; }

    /// <summary>Unmapped pages that an access of another thread may still reach; freed with the address space.</summary>
    internal MachineList<Page> Limbo { get; }

    // Never changes.

    /// <summary>Private zeros; a page's number is that of its address.</summary>
    internal MemoryObject Anonymous { get; }

    /// <summary>task_size.</summary>
    public ulong TaskSize { get; }

    /// <summary>mmap_base.</summary>
    public ulong MmapBase { get; }

    /// <summary>Known translations; null in explored mode.</summary>
    internal Tlb? Tlb { get; }

    /// <summary>atomic_inc(mm_users) for a visitor that does not run in the address space, such as a tracer.</summary>
    /// <remarks>Context: any. Linux: get_task_mm().</remarks>
    public async Op MmGet(Cpu cpu) => await Count(cpu, MmUsers, 1);

    /// <summary>
    /// atomic_inc(mm_users) for a new thread or a vfork child, before it runs. Must be called by a thread
    /// that uses the address space.
    /// </summary>
    /// <remarks>Context: current, may sleep. Locks: none; takes mmap_sem. Linux: copy_mm() with CLONE_VM.</remarks>
    public async Op Share(Cpu cpu)
    {
        await Count(cpu, MmUsers, 1);
        if (!EverShared.Get(cpu))
        {
            await MmapSem.AcquireWrite(cpu);
            EverShared.Set(cpu, true);
            await MmapSem.ReleaseWrite(cpu);
        }
    }

    /// <summary>mmput(): a user leaves; the last one unmaps everything.</summary>
    /// <remarks>Context: may sleep. Locks: none. Linux: kernel/fork.c mmput().</remarks>
    public async Op MmPut(Cpu cpu)
    {
        if (await Count(cpu, MmUsers, -1) == 1)
        {
            await this.ExitMmap(cpu);
            await MmDrop(cpu);
        }
    }

    /// <summary>atomic_inc(mm_count): the structure stays, its content need not.</summary>
    public async Op MmGrab(Cpu cpu) => await Count(cpu, MmCount, 1);

    /// <summary>mmdrop(): the last one frees the structure.</summary>
    public async Op MmDrop(Cpu cpu)
    {
        if (await Count(cpu, MmCount, -1) == 1)
        {
            await cpu.Free(this);
        }
    }

    /// <summary>Changes the limits: setrlimit().</summary>
    /// <remarks>Context: may sleep. Locks: none; takes mmap_sem.</remarks>
    public async Op SetLimits(Cpu cpu, MemoryLimits limits)
    {
        await MmapSem.AcquireWrite(cpu);
        Limits.Set(cpu, limits);
        await MmapSem.ReleaseWrite(cpu);
    }

    /// <summary>Changes one limit; those that do not concern memory are nothing here.</summary>
    /// <inheritdoc cref="SetLimits"/>
    internal async Op SetLimit(Cpu cpu, Tasks.Resource resource, ulong bytes)
    {
        await MmapSem.AcquireWrite(cpu);
        Limits.Set(cpu, Limits.Get(cpu).With(resource, bytes));
        await MmapSem.ReleaseWrite(cpu);
    }

    /// <summary>Takes mmap_sem for a change of the map.</summary>
    internal async Op BeginChange(Cpu cpu)
    {
        await MmapSem.AcquireWrite(cpu);
        if (EverShared.Get(cpu))
        {
            await cpu.Rmw(Walk, RmwKind.Or, Changing);
        }
    }

    /// <summary>Ends a change of the map.</summary>
    internal async Op EndChange(Cpu cpu)
    {
        Tlb?.Flush();
        if (EverShared.Get(cpu))
        {
            await cpu.Rmw(Walk, RmwKind.AndNot, Changing);
        }

        await MmapSem.ReleaseWrite(cpu);
    }

    private async Op<int> Count(Cpu cpu, Shared<int> counter, int change)
    {
        int before = await cpu.Rmw(counter, RmwKind.Add, change);
        if (before <= 0)
        {
            Machine.Violate("REFCOUNT", $"{counter} was {before} already");
        }

        return before;
    }
}
