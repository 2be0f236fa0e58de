using Sim.Kernel.Signals;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Time;

/// <summary>What is left of ITIMER_REAL, and what it begins again with.</summary>
/// <param name="Left">Nanoseconds until SIGALRM; 0 when it is off.</param>
/// <param name="Interval">Nanoseconds between signals; 0 for one signal only.</param>
public readonly record struct TimerSetting(long Left, long Interval);

/// <summary>ITIMER_REAL and alarm(). Source: kernel/itimer.c.</summary>
/// <remarks>
/// As in 2.6.32, a timer with an interval begins again when its signal is taken, so that one that nobody takes does
/// not go on for ever.
/// </remarks>
[Immutable]
public sealed class RealTimer(LinuxKernel kernel)
{
    /// <summary>do_setitimer(ITIMER_REAL).</summary>
    /// <returns>How the timer was set before.</returns>
    /// <remarks>Context: current. Locks: takes siglock; lets go of it to wait for a timer that expires just now.</remarks>
    public async Op<TimerSetting> Set(Cpu cpu, TimerSetting setting)
    {
        SignalStruct shared = cpu.Task().Signal;
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        KernelTimer? timer = shared.RealTimer.Get(cpu);
        while (timer is not null && await kernel.Clock.TryToCancel(cpu, timer) == TimerState.Firing)
        {
            await sighand.Siglock.Release(cpu);
            await kernel.Clock.WaitUntilDone(cpu, timer);
            await sighand.Siglock.Acquire(cpu);
            timer = shared.RealTimer.Get(cpu);
        }

        TimerSetting old = await Left(cpu, shared);
        shared.RealTimer.Set(cpu, null);
        shared.RealInterval.Set(cpu, setting.Interval);
        if (setting.Left != 0)
        {
            await Start(cpu, shared, setting.Left);
        }

        await sighand.Siglock.Release(cpu);
        return old;
    }

    /// <summary>do_getitimer(ITIMER_REAL).</summary>
    public async Op<TimerSetting> Get(Cpu cpu)
    {
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        TimerSetting setting = await Left(cpu, cpu.Task().Signal);
        await sighand.Siglock.Release(cpu);
        return setting;
    }

    /// <summary>The part of dequeue_signal() that lets an interval timer begin again.</summary>
    /// <remarks>Context: current took SIGALRM of the group. Locks: siglock.</remarks>
    internal async Op BeginAgain(Cpu cpu, SignalStruct shared)
    {
        if (shared.RealInterval.Get(cpu) is > 0 and var interval && shared.RealTimer.Get(cpu) is { } timer &&
            await cpu.Load(timer.State) is TimerState.Firing or TimerState.Done)
        {
            await Start(cpu, shared, interval);
        }
    }

    /// <summary>The part of do_exit() that ends the timer with the last thread.</summary>
    internal async Op End(Cpu cpu, SignalStruct shared)
    {
        if (shared.RealTimer.Peek is { } timer)
        {
            await kernel.Clock.Cancel(cpu, timer);
        }
    }

    private async Op Start(Cpu cpu, SignalStruct shared, long delay)
    {
        long expires = await kernel.Clock.After(cpu, delay);
        var timer = new AlarmTimer(kernel, shared, expires, delay);
        shared.RealTimer.Set(cpu, timer);
        await kernel.Clock.Arm(cpu, timer);
    }

    private async Op<TimerSetting> Left(Cpu cpu, SignalStruct shared)
    {
        long interval = shared.RealInterval.Get(cpu);
        if (shared.RealTimer.Get(cpu) is not { } timer ||
            await cpu.Load(timer.State) is TimerState.Firing or TimerState.Done)
        {
            return new TimerSetting(0, interval);
        }

        // ITIMER_REAL never says 0 while it is on.
        return new TimerSetting(Math.Max(1000, timer.Expires - await cpu.Load(kernel.Clock.Now)), interval);
    }

    /// <summary>it_real_fn(): sends SIGALRM to the group.</summary>
    private sealed class AlarmTimer(LinuxKernel kernel, SignalStruct shared, long expires, long delay)
        : KernelTimer(kernel, kernel.Machine.Label($"{shared.Label}.real_timer"), expires, delay)
    {
        public override async Op Fire(Cpu cpu)
        {
            await Kernel.Tasklist.AcquireRead(cpu);
            if (shared.Threads.First(cpu) is { } leader)
            {
                await Kernel.Send.SendLocking(
                    cpu, Abi.Signals.SIGALRM, default, SignalSource.Kernel, leader, group: true);
            }

            await Kernel.Tasklist.ReleaseRead(cpu);
        }
    }
}
