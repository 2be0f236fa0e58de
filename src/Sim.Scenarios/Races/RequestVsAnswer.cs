using Sim.Kernel.Tasks;
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
/// One engine answers an event with a step while the owner of another asks for a report. The task runs in user mode
/// until that report was made; a request that the answer replaced leaves it there for ever.
/// </summary>
public sealed class RequestVsAnswer : MachineObject
{
    private static readonly ResumeAction[] s_requests =
        [ResumeAction.Report, ResumeAction.Interrupt, ResumeAction.Stop];

    private readonly UtraceWorld _world;
    private readonly TaskStruct _target;
    private readonly GhostRef<UtraceEngine> _engine;
    private readonly Ghost<bool> _asked;
    private readonly Ghost<int> _reports;
    private readonly ResumeAction _request;

    private RequestVsAnswer(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "request-vs-answer")
    {
        _request = s_requests[request.Values["request"]];
        _engine = new GhostRef<UtraceEngine>(this, "engine");
        _world = new UtraceWorld(machine, UtraceWorld.Named(request.Variant), init: false);
        _asked = new Ghost<bool>(this, "asked");
        _reports = new Ghost<int>(this, "reports");
        _target = _world.Life!.Stranger("target", Run);
        EngineWatch stepper = _world.Watch(_target, "E0");
        UtraceEngine first = _world.SetUpEngine(new Stepper(stepper), UtraceEvents.SyscallExit | UtraceEvents.Reap);
        first.Put(machine.BootCpu).GetAwaiter().GetResult();
        var asking = new Asking(_world.Watch(_target, "E1"), _asked, _reports);
        _engine.Note(_world.SetUpEngine(asking, UtraceEvents.Quiesce | UtraceEvents.Reap));
        _world.Life.Stranger("tracer", Trace);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new RequestVsAnswer(machine, request)._world.AtEnd;

    private async Op Run(User user)
    {
        await user.Getppid();
        while (await user.Cpu.Load(_reports) == 0)
        {
            await user.RunUntilInterrupt();
        }
    }

    private async Op Trace(User user)
    {
        Cpu cpu = user.Cpu;
        UtraceEngine engine = _engine.Peek!;
        await cpu.Store(_asked, true);
        await _world.Control(cpu, _target, engine, _request);
    }

    /// <summary>Answers every event with SINGLESTEP.</summary>
    private sealed class Stepper(EngineWatch watch) : WatchedOps(watch)
    {
        protected override Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
            => Op<Verdict>.Of(called.Events == UtraceEvents.SyscallExit ? ResumeAction.SingleStep : ResumeAction.Resume);
    }

    /// <summary>Counts the quiesce callbacks since the owner began to ask.</summary>
    private sealed class Asking(EngineWatch watch, Ghost<bool> asked, Ghost<int> reports) : WatchedOps(watch)
    {
        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            if (await cpu.Load(asked))
            {
                await cpu.Rmw(reports, RmwKind.Add, 1);
            }

            return ResumeAction.Resume;
        }
    }
}
