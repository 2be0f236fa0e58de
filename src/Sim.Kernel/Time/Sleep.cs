using Sim.Kernel.Abi;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Time;

/// <summary>nanosleep() and clock_nanosleep(). Source: kernel/hrtimer.c hrtimer_nanosleep().</summary>
[Immutable]
public sealed class Sleep(LinuxKernel kernel)
{
    /// <summary>Sleeps until a time, or until a signal.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="expires">When, in nanoseconds since boot.</param>
    /// <param name="left">Where a relative sleep says what was left; 0 for nowhere, and for an absolute one.</param>
    /// <param name="isAbsolute">Whether the call may simply be made again.</param>
    /// <param name="layout">How the caller has timespecs.</param>
    /// <remarks>
    /// Context: current; sleeps. Locks: none.
    /// Returns: 0; -ERESTART_RESTARTBLOCK with what is left of a relative sleep; -ERESTARTNOHAND for an absolute one;
    ///          -EFAULT.
    /// </remarks>
    public async Op<long> Until(Cpu cpu, long expires, long left, bool isAbsolute, UserLayout layout)
    {
        bool expired = false;
        while (!expired && !await Scheduling.SignalPending(cpu, cpu.Task()))
        {
            await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
            expired = await kernel.Clock.ScheduleUntil(cpu, TaskState.Interruptible, expires);
        }

        if (expired)
        {
            return 0;
        }

        if (isAbsolute)
        {
            return -(long)Errno.ERESTARTNOHAND;
        }

        long rest = Math.Max(0, expires - await cpu.Load(kernel.Clock.Now));
        if (await cpu.ToUserIfAsked(left, layout.Timespec(rest)) != 0)
        {
            return -(long)Errno.EFAULT;
        }

        cpu.Task().SetRestart(cpu, new Rest(kernel, expires, left, layout));
        return -(long)Errno.ERESTART_RESTARTBLOCK;
    }

    /// <summary>hrtimer_nanosleep_restart().</summary>
    private sealed class Rest(LinuxKernel kernel, long expires, long left, UserLayout layout)
        : RestartBlock(kernel.Machine)
    {
        public override Op<long> Run(Cpu cpu) => kernel.Sleep.Until(cpu, expires, left, false, layout);
    }
}
