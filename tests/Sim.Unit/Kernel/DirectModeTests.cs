using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;

namespace Sim.Unit.Kernel;

/// <summary>The whole kernel in direct mode: every program runs to its end, and nothing is left of it.</summary>
public sealed class DirectModeTests
{
    private readonly DirectPrograms _programs = new();

    private LinuxKernel Kernel => _programs.Kernel;

    [Fact]
    public void Children_that_exit_are_reaped_with_their_status()
    {
        _programs.Process(_programs.ForkAndWait);

        AssertAllEnds(FormattableString.Invariant($"{new Sim.Kernel.Waiting.WaitResult(-(long)Errno.ECHILD)}"));
    }

    [Fact]
    public void Threads_end_by_themselves_and_with_their_process()
    {
        TaskStruct parent = _programs.Process(_programs.ReapAll);
        _programs.Process(_programs.ManyThreads, parent);

        AssertAllEnds();
        Assert.Equal(101, _programs.Handled);
    }

    [Fact]
    public void A_process_outlives_its_leader()
    {
        TaskStruct parent = _programs.Process(_programs.ReapAll);
        _programs.Process(_programs.LeaderFirst, parent);

        AssertAllEnds();
        Assert.Equal(2, _programs.Handled);
    }

    [Fact]
    public void A_handler_runs_for_every_signal_to_oneself()
    {
        _programs.Process(_programs.SignalsItself);

        AssertAllEnds();
        Assert.Equal(1000, _programs.Handled);
    }

    [Fact]
    public void Blocked_signals_are_delivered_when_they_are_let_through()
    {
        _programs.Process(_programs.BlocksAndQueues);

        AssertAllEnds();
        Assert.Equal(4, _programs.Handled);
    }

    [Fact]
    public void A_signal_interrupts_a_sleeping_parent_and_kills_a_sleeping_child()
    {
        _programs.Process(_programs.SignalsAcross);

        AssertAllEnds("-4", "15");
        Assert.Equal(1, _programs.Handled);
    }

    [Fact]
    public void A_child_stops_goes_on_and_is_killed_in_a_stop()
    {
        _programs.Process(_programs.StopsAChild);

        AssertAllEnds("4991", "65535", "0", "4991", "9");
    }

    [Fact]
    public void A_thread_that_calls_exec_takes_its_process_over()
    {
        _programs.Process(_programs.ExecsInAThread);

        AssertAllEnds("1792", "True");
    }

    [Fact]
    public void Vfork_returns_when_the_child_has_ended_or_called_exec()
    {
        _programs.Process(_programs.Vforks);

        AssertAllEnds("1792", "0", "9");
    }

    [Fact]
    public void A_wait_by_number_finds_a_child_of_any_thread_and_nobody_else()
    {
        Assert.Equal(1, _programs.Process(_programs.ReapAll).Tgid);
        _programs.Process(_programs.WaitsInAnotherThread);

        AssertAllEnds("-10", "-10", "-10", "-10", "1792", "-10");
    }

    [Fact]
    public void An_orphan_is_reaped_by_init()
    {
        TaskStruct init = Kernel.MakeInit(new Sim.Kernel.UserMode.RoutineProgram(DirectPrograms.Sleep));
        _programs.Process(_programs.LeavesAnOrphan, init);
        Assert.False(Kernel.Machine.Run());

        // Both are zombies now, children of an init that does not wait.
        Assert.Equal(1, _programs.Handled);
        Assert.Equal(3, Kernel.PeekNrThreads);
        Assert.Equal(2, init.Children.PeekCount);
    }

    [Fact]
    public void Ten_thousand_tasks_sleep_until_one_signal_ends_them_all()
    {
        const int Number = 10_000;
        TaskStruct parent = _programs.Process(_programs.ReapAll);
        for (int i = 0; i < Number; i++)
        {
            _programs.Process(DirectPrograms.Sleep, parent);
        }

        Assert.False(Kernel.Machine.Run());
        Assert.Equal(Number + 1, Kernel.PeekNrThreads);
        Assert.Equal(Number + 1, Kernel.Machine.LiveFibers);

        for (int i = 0; i < parent.Children.PeekCount; i++)
        {
            TaskStruct child = parent.Children.PeekAt(i);
            Assert.Equal(TaskState.Interruptible, child.State.Peek);
        }

        Kernel.SetAction(parent, Signals.SIGTERM, SigAction.Ignore);
        _programs.Process(_programs.KillsEveryone);
        AssertAllEnds("0");
        Assert.Equal(Number, _programs.Handled);
    }

    private void AssertAllEnds(params string[] notes)
    {
        Assert.True(Kernel.Machine.Run());
        Assert.Equal(notes, _programs.Notes);
        Assert.Equal(0, Kernel.PeekNrThreads);
        Assert.Equal(0, Kernel.Machine.LiveFibers);
        Assert.Equal(0, Kernel.Pids.PeekCount);
    }
}
