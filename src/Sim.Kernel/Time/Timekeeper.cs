using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Time;

/// <summary>
/// Simulated time: a count of nanoseconds that moves when a timer expires, and then to its expiry. What that means
/// is in docs/time.md. Source: kernel/hrtimer.c.
/// </summary>
public sealed class Timekeeper : MachineObject
{
    /// <summary>A time that never comes.</summary>
    public const long Never = long.MaxValue;

    /// <summary>The longest time that anybody can ask for: KTIME_MAX, less what the clock can have reached.</summary>
    public const long Longest = long.MaxValue / 4;

    /// <summary>The wall clock at boot: 2009-12-03 00:00 UTC, the day of the release.</summary>
    public const long BootSeconds = 1_259_798_400;

    private readonly SpinLock _base;
    private readonly MachineList<KernelTimer> _armed;

    internal Timekeeper(LinuxKernel kernel)
        : base(kernel, "clock", 0, "clock")
    {
        _base = new SpinLock(this, LockClass.TimerBase, "hrtimer_base");
        _armed = new MachineList<KernelTimer>(this, "armed", _base);
        Now = new Shared<long>(this, "now");
    }

    /// <summary>CLOCK_MONOTONIC: nanoseconds since boot.</summary>
    public Shared<long> Now { get; }

    /// <summary>Timers that are armed, for observers.</summary>
    public int PeekArmed => _armed.PeekCount;

    /// <summary>
    /// Direct mode: runs the machine, and whenever nobody can run moves time to the next expiry, until nothing is
    /// left to wait for.
    /// </summary>
    /// <returns>Whether every fiber has ended.</returns>
    public bool Run()
    {
        bool ended = Machine.Run();
        while (Earliest() is { } timer)
        {
            Machine.Spawn("timer", cpu => Expire(cpu, timer));
            ended = Machine.Run();
        }

        return ended;
    }

    /// <summary>The time that is so far from now; never stays never.</summary>
    public async Op<long> After(Cpu cpu, long nanoseconds)
        => nanoseconds == Never ? Never : await cpu.ReadOnce(Now) + nanoseconds;

    /// <summary>hrtimer_start().</summary>
    /// <remarks>Context: any; does not sleep. Locks: takes the timer base's.</remarks>
    public async Op Arm(Cpu cpu, KernelTimer timer)
    {
        await _base.Acquire(cpu);
        _armed.Add(cpu, timer);
        await _base.Release(cpu);
        StartInterrupt(timer);
    }

    /// <summary>hrtimer_try_to_cancel().</summary>
    /// <returns>Where the timer was: <see cref="TimerState.Armed"/> if it is cancelled now.</returns>
    public async Op<TimerState> TryToCancel(Cpu cpu, KernelTimer timer)
    {
        TimerState before = await cpu.CompareExchange(timer.State, TimerState.Armed, TimerState.Cancelled);
        if (before == TimerState.Armed)
        {
            await _base.Acquire(cpu);
            _armed.Remove(cpu, timer);
            await _base.Release(cpu);
        }

        return before;
    }

    /// <summary>hrtimer_cancel(): afterwards the timer's function does not run and will not.</summary>
    /// <returns>Whether the timer was cancelled before it expired.</returns>
    public async Op<bool> Cancel(Cpu cpu, KernelTimer timer)
    {
        TimerState before = await TryToCancel(cpu, timer);
        if (before == TimerState.Firing)
        {
            await WaitUntilDone(cpu, timer);
        }

        return before == TimerState.Armed;
    }

    /// <summary>Waits for a timer whose function runs.</summary>
    internal async Op WaitUntilDone(Cpu cpu, KernelTimer timer)
        => await cpu.LoadWhen(timer.State, GuardKind.Equal, TimerState.Done);

    /// <summary>schedule_hrtimeout(): sleeps in a state that was set, until woken or until a time.</summary>
    /// <returns>Whether the time has come.</returns>
    /// <remarks>Context: current; sleeps. Locks: none.</remarks>
    public async Op<bool> ScheduleUntil(Cpu cpu, TaskState state, long expires)
    {
        if (expires == Never)
        {
            await Scheduling.Schedule(cpu, state);
            return false;
        }

        long now = await cpu.ReadOnce(Now);
        if (expires <= now)
        {
            await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Running);
            return true;
        }

        var timer = new WakeTimer(cpu.Task(), expires, expires - now);
        await Arm(cpu, timer);
        await Scheduling.Schedule(cpu, state);
        return !await Cancel(cpu, timer);
    }

    /// <summary>In direct mode <see cref="Run"/> is the interrupt.</summary>
    private void StartInterrupt(KernelTimer timer)
    {
        if (!Machine.IsDirect)
        {
            Machine.Spawn("timer", cpu => Interrupt(cpu, timer));
        }
    }

    /// <summary>
    /// Explored mode: the interrupt may come at any time, but not before that of a timer which was armed earlier for a
    /// shorter or the same time.
    /// </summary>
    private async Op Interrupt(Cpu cpu, KernelTimer timer)
    {
        KernelTimer? sooner = await Sooner(cpu, timer);
        while (sooner is not null)
        {
            await cpu.LoadWhen(sooner.State, GuardKind.NotEqual, TimerState.Armed);
            sooner = await Sooner(cpu, timer);
        }

        await Expire(cpu, timer);
    }

    private async Op<KernelTimer?> Sooner(Cpu cpu, KernelTimer timer)
    {
        await _base.Acquire(cpu);
        KernelTimer? sooner = _armed.First(cpu);
        while (sooner is not null && !ReferenceEquals(sooner, timer) &&
            (sooner.Delay > timer.Delay || await cpu.Load(sooner.State) != TimerState.Armed))
        {
            sooner = _armed.After(cpu, sooner);
        }

        await _base.Release(cpu);
        return ReferenceEquals(sooner, timer) ? null : sooner;
    }

    private async Op Expire(Cpu cpu, KernelTimer timer)
    {
        if (await cpu.CompareExchange(timer.State, TimerState.Armed, TimerState.Firing) != TimerState.Armed)
        {
            return;
        }

        await _base.Acquire(cpu);
        _armed.Remove(cpu, timer);
        long now = await cpu.ReadOnce(Now);
        await cpu.WriteOnce(Now, Math.Max(now, timer.Expires));
        await _base.Release(cpu);
        await timer.Fire(cpu);
        await cpu.WriteOnce(timer.State, TimerState.Done);
    }

    private KernelTimer? Earliest()
    {
        KernelTimer? earliest = null;
        for (int i = 0; i < _armed.PeekCount; i++)
        {
            KernelTimer timer = _armed.PeekAt(i);
            earliest = earliest is null || timer.Expires < earliest.Expires ? timer : earliest;
        }

        return earliest;
    }
}
