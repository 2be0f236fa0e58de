using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Scenarios.Life;

namespace Sim.Unit.Kernel;

/// <summary>Who inherits the children of a thread that dies: 2.6.32's find_new_reaper().</summary>
public sealed class HeirTests
{
    /// <summary>Four threads, 0 the leader; some exit, the last of them has a child.</summary>
    [Theory]
    [InlineData(0, new int[0], 1)]
    [InlineData(1, new int[0], 2)]
    [InlineData(3, new int[0], 0)]
    [InlineData(3, new[] { 0 }, 1)]
    [InlineData(2, new[] { 3, 0 }, 1)]
    [InlineData(0, new[] { 1, 2 }, 3)]
    public void The_next_living_thread_of_the_ring_inherits(int father, int[] before, int heir)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new KernelWorld(machine);
        (TaskStruct[] threads, TaskStruct child) = Group(world, father, before);

        world.Kernel.Clock.Run();

        Assert.Null(machine.Violation);
        Assert.Equal(TaskLives(before.Append(father)), threads.Select(thread => thread.ExitState.Peek == ExitState.Alive));
        Assert.Same(threads[heir], child.RealParent.Peek);
    }

    [Fact]
    public void The_next_thread_of_init_inherits_orphans_when_inits_leader_exits()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new KernelWorld(machine, init: false);
        TaskStruct init = world.Kernel.MakeInit(new RoutineProgram(ExitThread));
        TaskStruct heir = world.Thread("heir", init, Stays);
        world.Thread("last", init, Stays);
        TaskStruct parent = world.Process("parent", user => ExitAfter(user, init));
        TaskStruct orphan = world.Process("orphan", Stays, parent);

        world.Kernel.Clock.Run();

        Assert.Null(machine.Violation);
        Assert.Equal(ExitState.Zombie, init.ExitState.Peek);
        Assert.NotEqual(ExitState.Alive, parent.ExitState.Peek);
        Assert.Same(heir, world.Kernel.ChildReaper.Peek);
        Assert.Same(heir, parent.RealParent.Peek);
        Assert.Same(heir, orphan.RealParent.Peek);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_kernel_panics_when_the_last_thread_of_init_exits(int threads)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var world = new KernelWorld(machine, init: false);
        TaskStruct init = world.Kernel.MakeInit(new RoutineProgram(ExitThread));
        for (int i = 1; i < threads; i++)
        {
            world.Thread("thread", init, ExitThread);
        }

        InvalidOperationException panic = Assert.Throws<InvalidOperationException>(() => world.Kernel.Clock.Run());

        Assert.Equal("PANIC: Attempted to kill init!", panic.Message);
    }

    private static IEnumerable<bool> TaskLives(IEnumerable<int> dead) => Enumerable.Range(0, 4).Select(i => !dead.Contains(i));

    private static (TaskStruct[] Threads, TaskStruct Child) Group(KernelWorld world, int father, int[] before)
    {
        var threads = new TaskStruct[4];
        Func<User, Op<int>> Main(int i)
        {
            int turn = i == father ? before.Length : Array.IndexOf(before, i);
            return turn < 0 ? Stays : turn == 0 ? ExitThread : user => ExitAfter(user, threads[before[turn - 1]]);
        }

        threads[0] = world.Process("thread0", Main(0));
        for (int i = 1; i < threads.Length; i++)
        {
            threads[i] = world.Thread($"thread{i}", threads[0], Main(i));
        }

        return (threads, world.Process("child", Stays, threads[father]));
    }

    private static async Op<int> Stays(User user)
    {
        await user.Pause();
        return 0;
    }

    private static async Op<int> ExitThread(User user)
    {
        await user.ExitThread(0);
        return 0;
    }

    private static async Op<int> ExitAfter(User user, TaskStruct other)
    {
        while (other.ExitState.Peek == ExitState.Alive)
        {
            await user.Yield();
        }

        await user.ExitThread(0);
        return 0;
    }
}
