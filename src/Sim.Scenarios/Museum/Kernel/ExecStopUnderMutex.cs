using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A stop with a mutex in hand.</summary>
internal sealed class ExecStopUnderMutex : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "exec-stop-under-mutex",
        Title = "a task stops in its exec report and holds a mutex that its debugger needs",
        Group = ExhibitGroup.Kernel,
        Source = "upstream a2a8474c3ff (September 2009)",
        Actors = ["tracee", "debugger"],
        Story = "exec() holds cred_guard_mutex of the task while it reports the exec, and an engine stops the task " +
            "there. The debugger, before it lets the task go, reads its memory map, for which it needs that " +
            "mutex. Each waits for the other; and a third who wants to attach waits too.",
        Fix = "The mutex is released before the report.",
        Switch = "the mutex of exec is held during the report",
        Guarantee = "STUCK",
        Build = Make,
    };

    private readonly UtraceCore _utrace;
    private readonly TaskStruct _target;
    private readonly GuardedRef<UtraceEngine> _engine;
    private readonly Shared<bool> _mutex;

    private ExecStopUnderMutex(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "exec-stop-under-mutex")
    {
        _mutex = new Shared<bool>(this, "cred_guard_mutex");
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _utrace = new UtraceCore(machine, UtraceWorld.Named(request.Variant));
        var kernel = new LinuxKernel(machine, new ExecHooks(machine, this, Museum.Exhibit.IsFaulty(request)));
        Cpu boot = machine.BootCpu;
        boot.Current = kernel.MakeTask("boot");
        _target = kernel.MakeProcess("target", null, new RoutineProgram(Exec));
        boot.Store(_target.Usage, 3).GetResult();
        _engine.Set(boot, _utrace.AttachTask(boot, _target, AttachFlags.Create, new StopsAtExec(machine), null)
            .GetAwaiter().GetResult().Engine!);
        _utrace.SetEvents(boot, _target, _engine.Peek!, UtraceEvents.Exec | UtraceEvents.Quiesce).GetAwaiter().GetResult();
        kernel.MakeTask("debugger", null, Debug);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new ExecStopUnderMutex(machine, request);
        return null;
    }

    private static async Op<int> Exec(User user)
    {
        await user.Exec(new RoutineProgram(Stay));
        return 1;
    }

    private static async Op<int> Stay(User user)
    {
        await user.Cpu.End();
        return 0;
    }

    private async Op Debug(Cpu cpu)
    {
        await cpu.LoadWhen(_target.State, GuardKind.Equal, TaskState.Traced);

        // Reads the memory map of the task.
        await Lock(cpu);
        await Unlock(cpu);
        await _utrace.Control(cpu, _target, _engine.Get(cpu)!, ResumeAction.Resume);
    }

    private async Op Lock(Cpu cpu)
    {
        do
        {
            await cpu.LoadWhen(_mutex, GuardKind.Equal, false);
        }
        while (await cpu.Rmw(_mutex, RmwKind.Exchange, true));
    }

    private async Op Unlock(Cpu cpu) => await cpu.Store(_mutex, false);

    /// <summary>The end of exec, whose report stops the task right there.</summary>
    private sealed class ExecHooks(SimMachine machine, ExecStopUnderMutex exhibit, bool underMutex)
        : TracehookDecorator(machine, exhibit._utrace.Hooks, "exec")
    {
        public override async Op ReportExec(Cpu cpu)
        {
            await exhibit.Lock(cpu);
            if (!underMutex)
            {
                await exhibit.Unlock(cpu);
            }

            await base.ReportExec(cpu);
            await NotifyResume(cpu);
            if (underMutex)
            {
                await exhibit.Unlock(cpu);
            }
        }
    }

    private sealed class StopsAtExec(SimMachine machine) : EngineOps(machine, "E0")
    {
        public override Op<Verdict> ReportExec(Cpu cpu, ResumeAction action, UtraceEngine engine)
            => Op<Verdict>.Of(ResumeAction.Stop);

        public override async Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
            => (await cpu.ReadOnce(engine.Flags) & UtraceEvents.EngineStop) != UtraceEvents.None
                ? ResumeAction.Stop
                : ResumeAction.Resume;
    }
}
