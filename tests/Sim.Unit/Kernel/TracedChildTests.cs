using Sim.Explore;
using Sim.Kernel.Abi;
using Sim.Kernel.Lifecycle;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Kernel.Waiting;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Unit.Kernel.Syscalls;

namespace Sim.Unit.Kernel;

/// <summary>What exit and wait make of a task whose parent is not its real parent: the part of ptrace that is theirs.</summary>
public sealed class TracedChildTests
{
    [Fact]
    public void The_tracer_has_the_zombie_first_and_then_the_real_parent()
    {
        (string ends, ExploreResult result) = CallWorld.EveryEnd(MemoryModel.Sc, world =>
        {
            TaskStruct parent = world.World.Process("parent", user => WaitOnce(user, world.Seen, 0));
            TaskStruct tracer = world.World.Process("tracer", user => WaitOnce(user, world.Seen, 2));
            TaskStruct child = world.World.Process("child", _ => Op<int>.Of(7), parent);
            PtraceLinks.Link(world.Kernel.Machine.BootCpu, child, tracer, PtraceFlags.Ptraced);
        });

        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal("3 1792 3 1792", ends);
    }

    [Fact]
    public void A_tracer_that_dies_lets_go_and_the_zombie_is_the_parents()
    {
        (string ends, ExploreResult result) = CallWorld.EveryEnd(MemoryModel.Sc, world =>
        {
            TaskStruct parent = world.World.Process("parent", user => WaitOnce(user, world.Seen, 0));
            TaskStruct tracer = world.World.Process("tracer", _ => Op<int>.Of(0));
            TaskStruct child = world.World.Process("child", _ => Op<int>.Of(7), parent);
            PtraceLinks.Link(world.Kernel.Machine.BootCpu, child, tracer, PtraceFlags.Ptraced);
        });

        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal("3 1792", ends);
    }

    [Fact]
    public void The_parent_sees_no_stop_of_a_traced_child_and_the_tracer_sees_it_unasked()
    {
        Assert.Equal(
            $"0 {WaitStatus.Stopped(Sim.Kernel.Abi.Signals.SIGSTOP)} 0 1",
            Traced(Tracee));

        static async Op<int> Tracee(User user)
        {
            await user.Kill(user.Getpid(), Sim.Kernel.Abi.Signals.SIGSTOP);
            return 0;
        }
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void With_CLONE_PTRACE_the_child_of_a_traced_task_has_its_tracer(bool traced, int linked)
    {
        var machine = new Sim.Machine.SimMachine(new Sim.Machine.MachineOptions { Mode = Sim.Machine.RunMode.Direct });
        var world = new CallWorld(machine);
        TaskStruct tracer = world.World.Process("tracer", Reap);
        TaskStruct parent = world.World.Process("parent", user => Fork(user, world.Seen));
        if (traced)
        {
            PtraceLinks.Link(machine.BootCpu, parent, tracer, PtraceFlags.Ptraced | PtraceFlags.TraceSysGood);
        }

        Assert.True(world.Kernel.Clock.Run());
        Assert.Equal($"{linked} {linked}", world.Seen.ToString());

        static async Op<int> Reap(User user)
        {
            for (int i = 0; i < 3; i++)
            {
                await user.Wait4(-1, WaitOptions.All);
            }

            return 0;
        }

        static async Op<int> Fork(User user, Notes notes)
        {
            long child = await user.Clone((CloneFlags)Sim.Kernel.Abi.Signals.SIGCHLD | CloneFlags.Ptrace, new RoutineProgram(_ => Op<int>.Of(0)));
            await user.Task.Kernel.Tasklist.AcquireRead(user.Cpu);
            TaskStruct? made = user.Task.Children.First(user.Cpu);
            int isLinked = made is not null && made.Ptrace.Get(user.Cpu) == (PtraceFlags.Ptraced | PtraceFlags.TraceSysGood) ? 1 : 0;
            int isTracers = made is not null && !ReferenceEquals(made.Parent.Get(user.Cpu), user.Task) ? 1 : 0;
            await user.Task.Kernel.Tasklist.ReleaseRead(user.Cpu);
            notes.Add(user, isLinked);
            notes.Add(user, isTracers);
            await user.Wait4((int)child);
            return 0;
        }
    }

    [Fact]
    public void With_CLONE_STOPPED_the_child_runs_after_SIGCONT_and_nobody_is_told_of_a_stop()
    {
        (string ends, ExploreResult result) = CallWorld.EveryEnd(MemoryModel.Sc, world =>
            world.World.Process("parent", user => MakeStopped(user, world.Seen, Sim.Kernel.Abi.Signals.SIGCONT)));

        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal($"0 {(int)TaskState.Stopped} 1 {WaitStatus.Exit(4)}", ends);
    }

    [Fact]
    public void With_CLONE_STOPPED_SIGKILL_ends_the_child()
    {
        (string ends, ExploreResult result) = CallWorld.EveryEnd(MemoryModel.Sc, world =>
            world.World.Process("parent", user => MakeStopped(user, world.Seen, Sim.Kernel.Abi.Signals.SIGKILL)));

        Assert.Empty(result.Findings);
        Assert.True(result.Complete);
        Assert.Equal($"0 {(int)TaskState.Stopped} 1 {Sim.Kernel.Abi.Signals.SIGKILL}", ends);
    }

    private static async Op<int> MakeStopped(User user, Notes notes, int signal)
    {
        long child = await user.Clone(
            (CloneFlags)Sim.Kernel.Abi.Signals.SIGCHLD | CloneFlags.Stopped, new RoutineProgram(_ => Op<int>.Of(4)));
        WaitResult early = await user.Wait4((int)child, WaitOptions.NoHang | WaitOptions.Untraced);
        notes.Add(user, early.Result);
        await user.Task.Kernel.Tasklist.AcquireRead(user.Cpu);
        TaskStruct made = user.Task.Children.First(user.Cpu)!;
        await user.Task.Kernel.Tasklist.ReleaseRead(user.Cpu);
        notes.Add(user, (int)await user.Cpu.Load(made.State));
        await user.Kill(child, signal);
        WaitResult end = await user.Wait4((int)child);
        notes.Add(user, end.Result == child ? 1 : 0);
        notes.Add(user, end.Status);
        return 0;
    }

    private static async Op<int> WaitOnce(User user, Notes notes, int place)
    {
        WaitResult found = await user.Wait4(-1);
        notes.Put(user, place, found.Result);
        notes.Put(user, place + 1, found.Status);
        return 0;
    }

    /// <summary>A parent that looks at stops, its child that stops, and a tracer that waits and lets it go on.</summary>
    private static string Traced(Func<User, Op<int>> main)
    {
        var machine = new Sim.Machine.SimMachine(new Sim.Machine.MachineOptions { Mode = Sim.Machine.RunMode.Direct });
        var world = new CallWorld(machine);
        TaskStruct tracer = world.World.Process("tracer", user => Watch(user, world.Seen));
        TaskStruct child = world.World.Process("child", main, tracer.RealParent.Peek);
        PtraceLinks.Link(machine.BootCpu, child, tracer, PtraceFlags.Ptraced);
        Assert.True(world.Kernel.Clock.Run());
        return world.Seen.ToString();

        static async Op<int> Watch(User user, Notes notes)
        {
            WaitResult stop = await user.Wait4(-1);
            notes.Add(user, stop.Result > 0 ? 0 : stop.Result);
            notes.Add(user, stop.Status);
            notes.Add(user, (await user.Wait4(-1, WaitOptions.NoHang)).Result);
            await user.Kill(stop.Result, Sim.Kernel.Abi.Signals.SIGCONT);
            WaitResult end = await user.Wait4(-1);
            notes.Add(user, end.Result == stop.Result ? 1 : 0);
            return 0;
        }
    }
}
