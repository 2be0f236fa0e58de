using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>What a task does before it returns to user mode. Source: spec sections 4.3, 8.4.</summary>
[Immutable]
public sealed class ReturnWork(LinuxKernel kernel)
{
    private const ThreadFlags Work = ThreadFlags.NotifyResume | ThreadFlags.SignalPending;

    /// <summary>Does the work that TIF flags ask for, until none is left: signals first, then the resume hook.</summary>
    /// <remarks>
    /// Context: current, on the way out of the kernel; may sleep. Locks: none.
    /// Linux:   arch/x86/kernel/signal.c do_notify_resume(), in the loop of the entry code.
    /// </remarks>
    [LeadsTo("user mode")]
    public async Op ExitToUser(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        Sim.Machine.Bug.On(!cpu.Machine.IsDirect && cpu.Fiber.Held.Count > 0);
        ThreadFlags work = await cpu.ReadOnce(task.ThreadFlags) & Work;
        while (work != ThreadFlags.None)
        {
            if ((work & ThreadFlags.SignalPending) != ThreadFlags.None)
            {
                await kernel.SignalReturn.DoSignal(cpu);
            }

            if ((work & ThreadFlags.NotifyResume) != ThreadFlags.None)
            {
                await ClearNotifyResume(cpu, task); // M7
                await kernel.Tracehook.NotifyResume(cpu);
            }

            work = await cpu.ReadOnce(task.ThreadFlags) & Work;
        }
    }

    /// <summary>clear_thread_flag(): a locked instruction on x86, and so a full barrier.</summary>
    private static async Op ClearNotifyResume(Cpu cpu, TaskStruct task)
    {
        if (cpu.Machine.IsWithout(KernelSites.ClearThreadFlag))
        {
            ThreadFlags flags = await cpu.ReadOnce(task.ThreadFlags);
            await cpu.WriteOnce(task.ThreadFlags, flags & ~ThreadFlags.NotifyResume);
        }
        else
        {
            await cpu.ClearBits(task.ThreadFlags, ThreadFlags.NotifyResume);
        }
    }

    /// <summary>set_notify_resume(): makes a task call the notify-resume hook before user mode.</summary>
    /// <remarks>
    /// Context: any. The test-and-set is a full barrier; only the caller that sets the bit interrupts
    /// the task's processor. It does not wake a sleeper.
    /// Linux:   include/linux/tracehook.h set_notify_resume().
    /// </remarks>
    public static async Op SetNotifyResume(Cpu cpu, TaskStruct task)
    {
        ThreadFlags before = await cpu.TestAndSet(task.ThreadFlags, ThreadFlags.NotifyResume);
        if ((before & ThreadFlags.NotifyResume) == ThreadFlags.None)
        {
            await Scheduling.Kick(cpu, task);
        }
    }

    /// <summary>A task in user mode: runs until an interrupt takes it into the kernel.</summary>
    public async Op RunUntilInterrupt(Cpu cpu)
    {
        await cpu.RmwWhen(cpu.Task().Interrupt, GuardKind.NotEqual, 0, RmwKind.Exchange, 0);
        await ExitToUser(cpu);
    }
}
