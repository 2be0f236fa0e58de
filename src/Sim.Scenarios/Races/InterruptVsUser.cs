using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// An owner interrupts a task that comes by user mode or sleeps in a system call, while a signal arrives: the report is
/// made before the signal is delivered, and the sleep ends.
/// </summary>
public sealed class InterruptVsUser : MachineObject
{
    private readonly TracedTask _scene;
    private readonly bool _sleeps;

    private InterruptVsUser(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "interrupt-vs-user")
    {
        _sleeps = request.Values["sleep"] == 1;
        _scene = new TracedTask(machine, request.Variant, Run);
        int engine = _scene.Attach(UtraceEvents.Quiesce, watch => new WatchedOps(watch));
        if (_sleeps)
        {
            _scene.World.Kernel.SetAction(
                _scene.Task, Signals.SIGUSR1, SigAction.Run(new RoutineHandler((_, _) => Op.Done)));
            _scene.Task.Blocked.Set(machine.BootCpu, SigSet.Empty.With(Signals.SIGUSR1));
        }

        _scene.Caller("tracer", cpu => Interrupt(cpu, engine));
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new InterruptVsUser(machine, request)._scene.World.AtEnd;

    private async Op Run(User user)
    {
        if (_sleeps)
        {
            await user.Sigsuspend(SigSet.Empty);
            await _scene.World.InUserMode(user.Cpu);
            return;
        }

        await _scene.Trip(user);
        await _scene.Trip(user);
    }

    private async Op Interrupt(Cpu cpu, int engine)
    {
        await _scene.Control(cpu, engine, ResumeAction.Interrupt);
        if (_sleeps)
        {
            await _scene.World.Send(cpu, _scene.Task, Signals.SIGUSR1);
        }
    }
}
