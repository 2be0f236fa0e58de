using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;
using Sim.Utrace.Control;

namespace Sim.Scenarios.Races;

/// <summary>
/// An owner examines a task that its engine has stopped, while SIGKILL comes, or somebody else lets the task run to its
/// next stop: an examination that ends well saw one stopped task.
/// </summary>
public sealed class ExamineVsKill : MachineObject
{
    private readonly TracedTask _scene;
    private readonly Shared<bool> _begun;
    private readonly Shared<bool> _over;
    private readonly Shared<bool> _letGo;
    private readonly bool _early;
    private readonly bool _kills;

    private ExamineVsKill(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "examine-vs-kill")
    {
        _begun = new Shared<bool>(this, "examination has begun");
        _over = new Shared<bool>(this, "examination is over");
        _letGo = new Shared<bool>(this, "let go");
        _kills = request.Values["kill"] == 1;
        _early = request.Values["early"] == 1;
        _scene = new TracedTask(machine, request.Variant, Run);
        int engine = _scene.Attach(UtraceEvents.Quiesce, watch => new WatchedOps(watch, onQuiesce: ResumeAction.Stop));
        _scene.Control(machine.BootCpu, engine, ResumeAction.Report).GetAwaiter().GetResult();
        _scene.Caller("examiner", cpu => Examine(cpu, engine));
        if (_kills)
        {
            _scene.Caller("killer", Kill);
        }
        else
        {
            _scene.Caller("other", cpu => LetGo(cpu, engine));
        }
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new ExamineVsKill(machine, request)._scene.World.AtEnd;

    private async Op Run(User user) => await _scene.Trip(user);

    private async Op Examine(Cpu cpu, int engine)
    {
        while (await cpu.ReadOnce(_scene.Task.State) == TaskState.Running)
        {
            if (_early && await cpu.Load(_scene.Over))
            {
                return;
            }

            await cpu.Watch(WatchSet.Empty.With(_scene.Task.State, TaskState.Running).With(_scene.Over, false));
        }

        UtraceEngine own = _scene.Engine(engine);
        ExamineResult begun = await _scene.World.PrepareExamine(cpu, _scene.Task, own);
        await cpu.Store(_begun, true);
        if (begun.Error == Errno.None)
        {
            if (!_early && !_kills)
            {
                await cpu.LoadWhen(_letGo, GuardKind.Equal, true);
            }

            await _scene.World.FinishExamine(cpu, _scene.Task, own, begun.Examination);
        }

        await cpu.Store(_over, true);
    }

    private async Op LetGo(Cpu cpu, int engine)
    {
        await AwaitTurn(cpu);
        await _scene.Control(cpu, engine, ResumeAction.Report);
        if (!_early)
        {
            await cpu.Store(_letGo, true);
            await cpu.LoadWhen(_over, GuardKind.Equal, true);
            await cpu.LoadWhen(_scene.Task.State, GuardKind.NotEqual, TaskState.Running);
        }

        await _scene.Control(cpu, engine, ResumeAction.Detach);
    }

    private async Op Kill(Cpu cpu)
    {
        if (!_early)
        {
            await AwaitTurn(cpu);
        }

        await _scene.World.Send(cpu, _scene.Task, Signals.SIGKILL);
    }

    /// <summary>Waits until the examination has begun, or at least until the task is stopped.</summary>
    private async Op AwaitTurn(Cpu cpu)
    {
        if (_early)
        {
            await cpu.LoadWhen(_scene.Task.State, GuardKind.NotEqual, TaskState.Running);
        }
        else
        {
            await cpu.LoadWhen(_begun, GuardKind.Equal, true);
        }
    }
}
