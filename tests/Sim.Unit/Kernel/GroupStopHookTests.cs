using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Kernel;

/// <summary>The order of get_signal_to_deliver() with the tracehook patches: the hook, then the group stop.</summary>
public sealed class GroupStopHookTests
{
    [Fact]
    public void The_signal_hook_sees_a_group_stop_before_the_thread_joins_it()
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        var hook = new Hook(machine);
        var kernel = new LinuxKernel(machine, hook);
        TaskStruct leader = kernel.MakeProcess("leader", null, new RoutineProgram(StopItself));
        kernel.MakeThread("thread", leader, new RoutineProgram(Pause));

        kernel.Clock.Run();

        Assert.Equal(TaskState.Stopped, leader.State.Peek);
        Assert.Equal(1, hook.SawStop.Peek);
    }

    private static async Op<int> StopItself(User user)
    {
        await user.Yield();
        await user.Kill(user.Getpid(), Signals.SIGSTOP);
        return 0;
    }

    private static async Op<int> Pause(User user)
    {
        await user.Pause();
        return 0;
    }

    /// <summary>Counts how often it is asked while a group stop waits for the thread.</summary>
    private sealed class Hook : TracehookDecorator
    {
        internal Hook(SimMachine machine)
            : base(machine, new NoTracing(), "hook")
            => SawStop = new Guarded<int>(this, "saw a stop", null);

        internal Guarded<int> SawStop { get; }

        public override Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand)
        {
            if (cpu.Task().Signal.GroupStopCount.Get(cpu) > 0)
            {
                SawStop.Set(cpu, SawStop.Get(cpu) + 1);
            }

            return base.GetSignal(cpu, sighand);
        }
    }
}
