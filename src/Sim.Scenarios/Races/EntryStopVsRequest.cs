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
/// An engine stops a task at the entry of a system call, and its owner asks for a report while it is stopped there: the
/// entry is reported once more, and then the call is made. A second owner may ask for something at any time.
/// </summary>
public sealed class EntryStopVsRequest : MachineObject
{
    private readonly TracedTask _scene;

    private EntryStopVsRequest(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "entry-stop-vs-request")
    {
        _scene = new TracedTask(machine, request.Variant, Run, followsStops: true);
        var stopped = new Ghost<bool>(this, "stopped once");
        int engine = _scene.Attach(
            UtraceEvents.SyscallEntry | UtraceEvents.Quiesce, watch => new Stopper(watch, stopped));
        ResumeAction asked = request.Values["request"] == 0 ? ResumeAction.Report : ResumeAction.Interrupt;
        _scene.Caller("tracer", cpu => Ask(cpu, engine, asked));
        if (request.Values["other"] == 1)
        {
            int other = _scene.Attach(UtraceEvents.Quiesce, watch => new WatchedOps(watch));
            _scene.Caller("other", cpu => Make(cpu, other, ResumeAction.Report));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new EntryStopVsRequest(machine, request)._scene.World.AtEnd;

    private async Op Make(Cpu cpu, int engine, ResumeAction action) => await _scene.Control(cpu, engine, action);

    private async Op Run(User user)
    {
        await user.Getppid();
        await _scene.World.InUserMode(user.Cpu);
    }

    private async Op Ask(Cpu cpu, int engine, ResumeAction asked)
    {
        if (await _scene.LookUntil(cpu))
        {
            await _scene.Control(cpu, engine, asked);
        }
    }

    /// <summary>Answers STOP to the first entry.</summary>
    private sealed class Stopper(EngineWatch watch, Ghost<bool> stopped) : WatchedOps(watch)
    {
        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            if (called.Events != UtraceEvents.SyscallEntry || await cpu.Load(stopped))
            {
                return Default(called);
            }

            await cpu.Store(stopped, true);
            return Default(called) with { Resume = ResumeAction.Stop };
        }
    }
}
