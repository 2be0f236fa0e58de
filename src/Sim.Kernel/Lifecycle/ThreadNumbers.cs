using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Lifecycle;

/// <summary>
/// The numbers that clone() writes to user memory: CLONE_PARENT_SETTID, CLONE_CHILD_SETTID and
/// CLONE_CHILD_CLEARTID. Source: kernel/fork.c. An address that cannot be written is nobody's error.
/// </summary>
internal static class ThreadNumbers
{
    /// <summary>copy_process(): the child remembers the addresses.</summary>
    internal static void Note(Cpu cpu, TaskStruct child, CloneRequest request)
    {
        child.SetChildTid.Set(cpu, request.Has(CloneFlags.ChildSetTid) ? request.ChildTid : 0);
        child.ClearChildTid.Set(cpu, request.Has(CloneFlags.ChildClearTid) ? request.ChildTid : 0);
    }

    /// <summary>do_fork(): the parent is told before the child runs.</summary>
    internal static async Op TellParent(Cpu cpu, CloneRequest request, int nr)
    {
        if (request.Has(CloneFlags.ParentSetTid))
        {
            await Put(cpu, request.ParentTid, nr);
        }
    }

    /// <summary>schedule_tail(): the first thing that a new task does.</summary>
    internal static async Op ScheduleTail(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        ulong address = task.SetChildTid.Get(cpu);
        if (address != 0)
        {
            task.SetChildTid.Set(cpu, 0);
            await Put(cpu, address, task.Pid.Get(cpu));
        }
    }

    /// <summary>
    /// mm_release(): whoever joins the thread goes on. Not when a signal killed it, and not when nobody else uses the
    /// memory.
    /// </summary>
    internal static async Op ClearAndWake(Cpu cpu, TaskStruct task)
    {
        ulong address = task.ClearChildTid.Get(cpu);
        if (address == 0)
        {
            return;
        }

        task.ClearChildTid.Set(cpu, 0);
        if ((await cpu.ReadOnce(task.Flags) & TaskFlags.Signaled) == TaskFlags.None &&
            task.Mm.Get(cpu) is { } mm && await cpu.ReadOnce(mm.MmUsers) > 1)
        {
            await Put(cpu, address, 0);
            await task.Kernel.Futex.Wake(cpu, address, 1, isPrivate: false);
        }
    }

    /// <summary>put_user(). x86_64 and ppc64 have different byte orders for the int.</summary>
    private static async Op Put(Cpu cpu, ulong address, int value)
    {
        UserLayout layout = new SyscallArguments(cpu.Task().Kernel.Options.Numbering).Layout;
        _ = await cpu.ToUser((long)address, layout.Ints(value));
    }
}
