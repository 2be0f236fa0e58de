using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// An engine answers STOP, on the way to user mode, at the entry of a system call, to a signal or to an exit, and
/// SIGKILL arrives: the task is not stopped afterwards, and does nothing but die.
/// </summary>
public sealed class KillVsAnswer : MachineObject
{
    private readonly TracedTask _scene;
    private readonly int _place;

    private KillVsAnswer(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "kill-vs-answer")
    {
        _place = request.Values["place"];
        _scene = new TracedTask(machine, request.Variant, Run);
        int engine = _scene.Attach(
            _place switch
            {
                1 => UtraceEvents.SyscallEntry,
                3 => UtraceEvents.Exit,
                _ => UtraceEvents.Quiesce,
            },
            watch => new Stopper(watch));
        if (_place == 2)
        {
            // A signal with a lower number waits, and has a handler.
            _scene.World.Kernel.SetAction(_scene.Task, Signals.SIGHUP, SigAction.Run(new RoutineHandler((_, _) => Op.Done)));
            _scene.World.Send(machine.BootCpu, _scene.Task, Signals.SIGHUP, group: false, handled: true).GetAwaiter().GetResult();
        }

        if (_place is 0 or 2)
        {
            _scene.Control(machine.BootCpu, engine, _place == 0 ? ResumeAction.Report : ResumeAction.Interrupt)
                .GetAwaiter().GetResult();
        }

        _scene.Caller("killer", Kill);
        if (request.Values["tracer"] == 1)
        {
            _scene.Caller("tracer", cpu => Release(cpu, engine));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new KillVsAnswer(machine, request)._scene.World.AtEnd;

    private async Op Run(User user)
    {
        if (_place == 1)
        {
            await user.Getppid();
        }
        else if (_place == 3)
        {
            await user.Exit(0);
        }
        else
        {
            await _scene.Trip(user);
        }
    }

    private async Op Kill(Cpu cpu)
    {
        await _scene.World.Send(cpu, _scene.Task, Signals.SIGKILL);
        await _scene.World.LookUntilDead(cpu, _scene.Task, _scene.Over);
    }

    private async Op Release(Cpu cpu, int engine) => await _scene.Control(cpu, engine, ResumeAction.Resume);

    /// <summary>Answers STOP to everything but death and reap.</summary>
    private sealed class Stopper(EngineWatch watch) : WatchedOps(watch)
    {
        protected override Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
            => Op<Verdict>.Of(Default(called) with { Resume = ResumeAction.Stop });
    }
}
