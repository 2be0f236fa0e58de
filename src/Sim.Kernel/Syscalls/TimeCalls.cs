using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Time;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls about time. Source: kernel/posix-timers.c, kernel/time.c, kernel/itimer.c.</summary>
internal static class TimeCalls
{
    private const long Fault = -(long)Errno.EFAULT;
    private const long Invalid = -(long)Errno.EINVAL;
    private const long Second = 1_000_000_000;
    private const long Realtime = 0;
    private const long Monotonic = 1;
    private const long RealTimerNumber = 0;
    private const long LastTimerNumber = 2;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Full("nanosleep", Nanosleep, "AB"),
        Partial("clock_nanosleep", ClockNanosleep, "CLOCK_REALTIME and CLOCK_MONOTONIC", "CD"),
        Partial("clock_gettime", Gettime, "CLOCK_REALTIME and CLOCK_MONOTONIC", "B"),
        Partial("clock_getres", Getres, "CLOCK_REALTIME and CLOCK_MONOTONIC", "B"),
        Partial("gettimeofday", Gettimeofday, "the time zone is UTC", "AB"),
        Full("time", Seconds, "A"),
        Full("alarm", Alarm),
        Partial("setitimer", Setitimer, "ITIMER_REAL; others answer ENOSYS", "BC"),
        Partial("getitimer", Getitimer, "ITIMER_REAL; others answer ENOSYS", "B"),
    ];

    private static async Op<long> Nanosleep(Cpu cpu, SyscallArguments a)
    {
        if (await cpu.FromUser(a.A, a.Layout.TimeSize) is not { } bytes)
        {
            return Fault;
        }

        long wait = a.Layout.Nanoseconds(bytes);
        return wait < 0 ? Invalid : await SleepFor(cpu, wait, a.B, a.Layout);
    }

    private static async Op<long> SleepFor(Cpu cpu, long wait, long left, UserLayout layout)
    {
        LinuxKernel kernel = cpu.Task().Kernel;
        return await kernel.Sleep.Until(cpu, await kernel.Clock.After(cpu, wait), left, false, layout);
    }

    private static async Op<long> ClockNanosleep(Cpu cpu, SyscallArguments a)
    {
        const long Absolute = 1;
        if (a.A is not (Realtime or Monotonic))
        {
            return Invalid;
        }

        if (await cpu.FromUser(a.C, a.Layout.TimeSize) is not { } bytes)
        {
            return Fault;
        }

        long time = a.Layout.Nanoseconds(bytes);
        if (time < 0)
        {
            return Invalid;
        }

        if ((a.B & Absolute) == 0)
        {
            return await SleepFor(cpu, time, a.D, a.Layout);
        }

        long expires = Math.Max(0, time - OffsetOf(a.A));
        return await cpu.Task().Kernel.Sleep.Until(cpu, expires, 0, true, a.Layout);
    }

    private static long OffsetOf(long clock) => clock == Realtime ? Timekeeper.BootSeconds * Second : 0;

    private static async Op<long> Gettime(Cpu cpu, SyscallArguments a)
    {
        if (a.A is not (Realtime or Monotonic))
        {
            return Invalid;
        }

        long now = OffsetOf(a.A) + await cpu.Load(cpu.Task().Kernel.Clock.Now);
        return await cpu.ToUser(a.B, a.Layout.Timespec(now));
    }

    private static Op<long> Getres(Cpu cpu, SyscallArguments a)
        => a.A is Realtime or Monotonic
            ? cpu.ToUserIfAsked(a.B, a.Layout.Timespec(1))
            : Op<long>.Of(Invalid);

    private static async Op<long> Gettimeofday(Cpu cpu, SyscallArguments a)
    {
        const int ZoneSize = 8;
        if (!await cpu.CanWriteIfAsked(a.A, a.Layout.TimeSize) || !await cpu.CanWriteIfAsked(a.B, ZoneSize))
        {
            return Fault;
        }

        long now = OffsetOf(Realtime) + await cpu.Load(cpu.Task().Kernel.Clock.Now);
        long result = await cpu.ToUserIfAsked(a.A, a.Layout.Timeval(now));
        return result < 0 ? result : await cpu.ToUserIfAsked(a.B, a.Layout.Ints(0, 0));
    }

    private static async Op<long> Seconds(Cpu cpu, SyscallArguments a)
    {
        long now = Timekeeper.BootSeconds + (await cpu.Load(cpu.Task().Kernel.Clock.Now) / Second);
        return await cpu.ToUserIfAsked(a.A, a.Layout.Words(now)) is < 0 and var fault ? fault : now;
    }

    /// <summary>alarm_setitimer(): a rest of less than half a second is no second, but never nothing.</summary>
    private static async Op<long> Alarm(Cpu cpu, SyscallArguments a)
    {
        long wait = (uint)a.A * Second;
        (long left, _) = await cpu.Task().Kernel.RealTimer.Set(cpu, new TimerSetting(wait, 0));
        long seconds = (left + (Second / 2)) / Second;
        return seconds == 0 && left > 0 ? 1 : seconds;
    }

    private static async Op<long> Setitimer(Cpu cpu, SyscallArguments a)
    {
        var setting = new TimerSetting(0, 0);
        if (a.B != 0)
        {
            if (await cpu.FromUser(a.B, 2 * a.Layout.TimeSize) is not { } bytes)
            {
                return Fault;
            }

            setting = new TimerSetting(a.Layout.FromTimeval(bytes, 2), a.Layout.FromTimeval(bytes, 0));
        }

        if (!await cpu.CanWriteIfAsked(a.C, 2 * a.Layout.TimeSize))
        {
            return Fault;
        }

        if (a.A is < 0 or > LastTimerNumber || setting.Left < 0 || setting.Interval < 0)
        {
            return Invalid;
        }

        if (a.A != RealTimerNumber)
        {
            return -(long)Errno.ENOSYS;
        }

        TimerSetting old = await cpu.Task().Kernel.RealTimer.Set(cpu, setting);
        return await cpu.ToUserIfAsked(a.C, ImageOf(a.Layout, old));
    }

    private static async Op<long> Getitimer(Cpu cpu, SyscallArguments a)
    {
        if (a.A is < 0 or > LastTimerNumber)
        {
            return Invalid;
        }

        return a.A == RealTimerNumber
            ? await cpu.ToUser(a.B, ImageOf(a.Layout, await cpu.Task().Kernel.RealTimer.Get(cpu)))
            : -(long)Errno.ENOSYS;
    }

    /// <summary>struct itimerval: the interval, then what is left.</summary>
    private static Bytes ImageOf(UserLayout layout, TimerSetting setting)
        => layout.Timeval(setting.Interval).With(layout.Timeval(setting.Left).Span);
}
