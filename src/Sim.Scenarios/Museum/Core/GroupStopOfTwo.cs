using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum.Core;

/// <summary>
/// A process with two threads: one is stopped for tracing, the other begins a group stop. The tracer lets the first go,
/// waits until both are stopped, and continues the process.
/// </summary>
internal sealed class GroupStopOfTwo : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly TaskStruct _traced;
    private readonly TaskStruct _other;
    private readonly GuardedRef<UtraceEngine> _engine;
    private readonly Shared<bool> _continued;
    private readonly Shared<bool> _over;

    private GroupStopOfTwo(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "group stop of two")
    {
        _engine = new GuardedRef<UtraceEngine>(this, "engine", null);
        _continued = new Shared<bool>(this, "continued");
        _over = new Shared<bool>(this, "over");
        _world = new UtraceWorld(machine, UtraceWorld.Named(request.Variant), init: false);
        Cpu boot = machine.BootCpu;
        _traced = _world.Life!.Process("traced", RunOn, _world.Life.Stranger("parent", _ => Op.Done));
        _other = _world.Life.Thread("other", _traced, RunOn);
        _engine.Set(boot, Attach(boot, _traced, UtraceEvents.Quiesce));
        Attach(boot, _other, UtraceEvents.Jctl);
        _world.Utrace.Control(boot, _traced, _engine.Peek!, ResumeAction.Stop).GetAwaiter().GetResult();
        _world.Kernel.Send.SendLocking(boot, Signals.SIGSTOP, default, SignalSource.Kernel, _other, group: false)
            .GetAwaiter().GetResult();
        _world.Kernel.MakeTask("tracer", null, Trace);
    }

    /// <summary>Makes the world.</summary>
    internal static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new GroupStopOfTwo(machine, request);
        return null;
    }

    private UtraceEngine Attach(Cpu boot, TaskStruct task, UtraceEvents events)
    {
        var ops = new BareScene.Answers(Machine, task.Label);
        UtraceEngine engine = _world.Utrace.AttachTask(boot, task, AttachFlags.Create, ops, null).GetAwaiter().GetResult().Engine!;
        _world.Utrace.SetEvents(boot, task, engine, events).GetAwaiter().GetResult();
        return engine;
    }

    private async Op<int> RunOn(User user)
    {
        while (!await user.Cpu.ReadOnce(_continued))
        {
            await user.RunUntilInterrupt();
        }

        if (ReferenceEquals(user.Task, _traced))
        {
            await user.Cpu.Store(_over, true);
        }

        await user.Cpu.End();
        return 0;
    }

    private async Op Trace(Cpu cpu)
    {
        UtraceEngine engine = _engine.Get(cpu)!;
        await cpu.LoadWhen(_traced.State, GuardKind.NotEqual, TaskState.Running);
        await _world.Utrace.Control(cpu, _traced, engine, ResumeAction.Resume);
        await cpu.LoadWhen(_other.State, GuardKind.Equal, TaskState.Stopped);
        await cpu.LoadWhen(_traced.State, GuardKind.NotEqual, TaskState.Running);
        await cpu.Store(_continued, true);
        await _world.Kernel.SendSignal(cpu, _traced, Signals.SIGCONT);
        while (!await cpu.ReadOnce(_over))
        {
            TaskState state = await cpu.ReadOnce(_traced.State);
            if (state == TaskState.Traced)
            {
                // Variant B may stop for an engine that no longer holds the task (finding F7).
                await _world.Utrace.Control(cpu, _traced, engine, ResumeAction.Resume);
            }

            await cpu.Watch(WatchSet.Empty.With(_over, false).With(_traced.State, state));
        }
    }
}
