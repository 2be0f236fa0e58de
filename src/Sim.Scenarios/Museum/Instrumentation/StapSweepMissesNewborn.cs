using Sim.Kernel;
using Sim.Kernel.Abi;
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

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A child behind the cursor.</summary>
internal sealed class StapSweepMissesNewborn : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-sweep-misses-newborn",
        Title = "the sweep that detaches everything misses a child made meanwhile",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 8d1ae0139 (2018): the sweep is repeated until nothing matches, ten times at most",
        Actors = ["tracee", "unloader"],
        Story = "The unloader goes over all processes and lets its engines go. It has passed the end of the list when " +
            "a task that it visited before, inside its clone handler, makes an engine for its new child. The " +
            "module is unloaded with an engine attached.",
        Fix = "Sweep again until nothing matches and no handler is under way.",
        Switch = "one sweep, and no look at handlers under way",
        Guarantee = "H6",
        Build = Make,
    };

    private readonly UtraceWorld _world;
    private readonly Shared<bool> _stopping;
    private readonly Shared<int> _inUse;
    private readonly Ghost<int> _attached;
    private readonly ProbeOps _ops;
    private readonly bool _once;

    private StapSweepMissesNewborn(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-sweep-misses-newborn")
    {
        _once = Museum.Exhibit.IsFaulty(request);
        _stopping = new Shared<bool>(this, "stopping");
        _inUse = new Shared<int>(this, "in use");
        _attached = new Ghost<int>(this, "engines attached");
        _world = new UtraceWorld(machine, UtraceWorld.Named(request.Variant), init: false);
        _ops = new ProbeOps(machine, this);
        TaskStruct target = _world.Life!.Stranger("target", Fork);
        UtraceEngine engine = _world.Utrace.AttachTask(machine.BootCpu, target, AttachFlags.Create, _ops, null)
            .GetAwaiter().GetResult().Engine!;
        _world.Utrace.SetEvents(machine.BootCpu, target, engine, UtraceEvents.Clone).GetAwaiter().GetResult();
        engine.Put(machine.BootCpu).GetAwaiter().GetResult();
        _attached.Note(1);
        _world.Kernel.MakeTask("unloader", null, Unload);
    }

    private static Action Make(SimMachine machine, WorldRequest request)
    {
        var exhibit = new StapSweepMissesNewborn(machine, request);
        return () =>
        {
            if (exhibit._attached.Peek != 0)
            {
                machine.Break(MuseumLaws.NothingForgotten, "the module is unloaded with an engine attached");
            }
        };
    }

    private async Op Fork(User user) => await user.Fork(new RoutineProgram(Stay), "child");

    private async Op<int> Stay(User user)
    {
        _world.Life!.Keep(user.Cpu, user.Task);
        await user.Cpu.End();
        return 0;
    }

    private async Op Unload(Cpu cpu)
    {
        await cpu.Rmw(_stopping, RmwKind.Exchange, true);
        bool again = await Sweep(cpu);
        while (!_once && again)
        {
            await cpu.LoadWhen(_inUse, GuardKind.Equal, 0);
            again = await Sweep(cpu);
        }
    }

    /// <summary>Lets the engine of every process go; says whether there was one.</summary>
    private async Op<bool> Sweep(Cpu cpu)
    {
        LinuxKernel kernel = _world.Kernel;
        bool found = false;
        for (int i = 0; ; i++)
        {
            await kernel.Tasklist.AcquireRead(cpu);
            TaskStruct? task = i < kernel.Processes.Count(cpu) ? kernel.Processes.At(cpu, i) : null;
            await kernel.Tasklist.ReleaseRead(cpu);
            if (task is null)
            {
                return found;
            }

            AttachResult mine = await _world.Utrace.AttachTask(cpu, task, AttachFlags.MatchOps, _ops, null);
            if (mine.Engine is { } engine)
            {
                found = true;
                if (await _world.Utrace.Control(cpu, task, engine, ResumeAction.Detach) is Errno.None or Errno.EINPROGRESS)
                {
                    await cpu.Rmw(_attached, RmwKind.Add, -1);
                }

                await engine.Put(cpu);
            }
        }
    }

    private sealed class ProbeOps(SimMachine machine, StapSweepMissesNewborn exhibit) : EngineOps(machine, "probe")
    {
        public override async Op<Verdict> ReportClone(
            Cpu cpu, ResumeAction action, UtraceEngine engine, CloneFlags flags, TaskStruct child)
        {
            await cpu.Rmw(exhibit._inUse, RmwKind.Add, 1);
            if (!await cpu.ReadOnce(exhibit._stopping))
            {
                AttachResult made = await exhibit._world.Utrace.AttachTask(cpu, child, AttachFlags.Create, this, null);
                await cpu.Rmw(exhibit._attached, RmwKind.Add, 1);
                await made.Engine!.Put(cpu);
            }

            await cpu.Rmw(exhibit._inUse, RmwKind.Add, -1);
            return ResumeAction.Resume;
        }
    }
}
