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
/// An engine aborts a system call at its entry, and in the same callback lets an older engine go, whose turn would be
/// next: the call is not made, since the one that is gone has no say in it.
/// </summary>
public sealed class AbortVsDetach : MachineObject
{
    private readonly TracedTask _scene;
    private readonly int _older;

    private AbortVsDetach(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "abort-vs-detach")
    {
        _scene = new TracedTask(machine, request.Variant, Run);
        _older = _scene.Attach(UtraceEvents.SyscallEntry, watch => new WatchedOps(watch));
        _scene.Attach(UtraceEvents.SyscallEntry, watch => new Aborter(watch, this));
        if (request.Values["tracer"] == 1)
        {
            _scene.Caller("tracer", Wait);
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new AbortVsDetach(machine, request)._scene.World.AtEnd;

    private async Op Wait(Cpu cpu) => await _scene.World.Barrier(cpu, _scene.Task, _scene.Engine(_older));

    private async Op Run(User user)
    {
        await user.Getppid();
        await _scene.World.InUserMode(user.Cpu);
    }

    private sealed class Aborter(EngineWatch watch, AbortVsDetach scenario) : WatchedOps(watch)
    {
        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            if (called.Events != UtraceEvents.SyscallEntry)
            {
                return Default(called);
            }

            await scenario._scene.Control(cpu, scenario._older, ResumeAction.Detach);
            return new Verdict(ResumeAction.Resume, SyscallAction.Abort);
        }
    }
}
