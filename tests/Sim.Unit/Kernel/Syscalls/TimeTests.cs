using Sim.Explore;
using Sim.Kernel.Abi;
using Sim.Kernel.UserMode;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using static Sim.Unit.Kernel.Syscalls.CallWorld;

namespace Sim.Unit.Kernel.Syscalls;

/// <summary>Sleeping, timers and time-outs.</summary>
public sealed class TimeTests
{
    [Fact]
    public void A_sleep_ends_at_its_time()
    {
        Assert.Equal("0 3 500 0 10 0", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.PokeTime(Scratch, 3, 500);
            notes.Add(user, await user.Syscall("nanosleep", Scratch));
            await Now(user, notes);
            await user.PokeTime(Scratch, 10, 0);
            notes.Add(user, await user.Syscall("clock_nanosleep", 1, 1, Scratch));
            await Now(user, notes);
            return 0;
        }
    }

    [Fact]
    public void Sleepers_wake_in_the_order_of_their_times()
    {
        (CallWorld world, bool ended) = Run(null, user => Sleeper(user, 3), user => Sleeper(user, 1), user => Sleeper(user, 2));
        Assert.True(ended);
        Assert.Equal("123", world.Kernel.Root.Output.PeekText);

        static async Op<int> Sleeper(User user, int seconds)
        {
            await user.PokeTime(Scratch, seconds, 0);
            await user.Syscall("nanosleep", Scratch);
            await user.Poke(Scratch, '0' + seconds);
            await user.Syscall("write", 1, Scratch, 1);
            return 0;
        }
    }

    [Theory]
    [InlineData(true, "-4 1 3 0")]
    [InlineData(false, "0 1 4 0")]
    public void A_signal_ends_a_sleep_only_if_a_handler_runs(bool handles, string expected)
    {
        Assert.Equal(expected, Notes((user, notes) => Program(user, notes, handles)));

        static async Op<int> Program(User user, Notes notes, bool handles)
        {
            if (handles)
            {
                await user.Sigaction(Signals.SIGCONT, SigAction.Run(new RoutineHandler((_, _) => Op.Done), SaFlags.Restart));
            }

            await user.Fork(new RoutineProgram(Child));
            await user.PokeTime(Scratch, 4, 0);
            notes.Add(user, await user.Syscall("nanosleep", Scratch, Scratch + 64));
            notes.Add(user, await user.Peek(Scratch + 64));
            await Now(user, notes);
            return 0;
        }

        // A stop and a SIGCONT interrupt the sleep whether or not somebody handles it.
        static async Op<int> Child(User user)
        {
            await user.PokeTime(Scratch, 3, 0);
            await user.Syscall("nanosleep", Scratch);
            long parent = await user.Getppid();
            await user.Kill(parent, Signals.SIGSTOP);
            await user.Yield();
            await user.Kill(parent, Signals.SIGCONT);
            return 0;
        }
    }

    [Fact]
    public void Alarm_sends_a_signal_and_says_what_was_left()
    {
        Assert.Equal("0 5 -4 2 0 0", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Sigaction(Signals.SIGALRM, SigAction.Run(new RoutineHandler((_, _) => Op.Done)));
            notes.Add(user, await user.Syscall("alarm", 5));
            notes.Add(user, await user.Syscall("alarm", 2));
            notes.Add(user, await user.Syscall("pause"));
            await Now(user, notes);
            notes.Add(user, await user.Syscall("alarm", 0));
            return 0;
        }
    }

    [Fact]
    public void An_interval_timer_goes_on_while_its_signal_is_taken()
    {
        Assert.Equal("0 -4 1 0 -4 3 0 -4 5 0 0 2", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.Sigaction(Signals.SIGALRM, SigAction.Run(new RoutineHandler((_, _) => Op.Done)));
            await user.PokeTime(Scratch, 2, 0);
            await user.PokeTime(Scratch + 16, 1, 0);
            notes.Add(user, await user.Syscall("setitimer", 0, Scratch));
            for (int i = 0; i < 3; i++)
            {
                notes.Add(user, await user.Syscall("pause"));
                await Now(user, notes);
            }

            notes.Add(user, await user.Syscall("setitimer", 0, 0, Scratch));
            notes.Add(user, await user.Peek(Scratch + 16));
            return 0;
        }
    }

    [Fact]
    public void A_wait_for_a_signal_gives_up()
    {
        Assert.Equal($"{-(long)Errno.EAGAIN} 2 0 14", Notes(Program));

        static async Op<int> Program(User user, Notes notes)
        {
            SigSet alarm = SigSet.Of(Signals.SIGALRM);
            await user.Sigprocmask(SigHow.Block, alarm);
            await user.Poke(Scratch, (long)alarm.Bits);
            await user.PokeTime(Scratch + 64, 2, 0);
            notes.Add(user, await user.Syscall("rt_sigtimedwait", Scratch, 0, Scratch + 64, 8));
            await Now(user, notes);
            await user.Syscall("alarm", 1);
            notes.Add(user, await user.Syscall("rt_sigtimedwait", Scratch, 0, Scratch + 64, 8));
            return 0;
        }
    }

    /// <summary>The alarm may come before, in or after the sleep, and always before the sleep's own longer time.</summary>
    [Theory]
    [InlineData(MemoryModel.Sc)]
    [InlineData(MemoryModel.Tso)]
    public void An_alarm_comes_at_any_time_but_before_a_longer_sleep_is_over(MemoryModel memory)
    {
        (string ends, ExploreResult result) = EveryEnd(memory, Make);
        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal("-4 | 0", ends);

        static void Make(CallWorld world) => world.Process("program", user => Program(user, world.Seen));

        static async Op<int> Program(User user, Notes notes)
        {
            await user.PokeTime(Scratch, 5, 0);
            await user.Sigaction(Signals.SIGALRM, SigAction.Run(new RoutineHandler((_, _) => Op.Done)));
            await user.Syscall("alarm", 1);
            notes.Add(user, await user.Syscall("nanosleep", Scratch));
            return 0;
        }
    }

    private static async Op Now(User user, Notes notes)
    {
        await user.Syscall("clock_gettime", 1, Scratch + 256);
        notes.Add(user, await user.Peek(Scratch + 256));
        notes.Add(user, await user.Peek(Scratch + 264));
    }
}
