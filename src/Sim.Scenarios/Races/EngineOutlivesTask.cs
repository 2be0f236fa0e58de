using Sim.Kernel;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Races;

/// <summary>
/// An owner that holds nothing but the struct pid of a task attaches engines to it while it dies and is reaped, and
/// keeps them for ever: the task goes all the same. G37, G38.
/// </summary>
public sealed class EngineOutlivesTask : MachineObject
{
    private readonly UtraceWorld _world;
    private readonly WatchedOps[] _ops;
    private readonly Pid _pid;
    private readonly UtraceEvents _events;

    private EngineOutlivesTask(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "engine-outlives-task")
    {
        _world = new UtraceWorld(machine, request.Variant) { LeavesNoReference = true };
        LinuxKernel kernel = _world.Kernel;
        TaskStruct parent = kernel.MakeTask("parent", null, Parent);
        TaskStruct target = kernel.MakeTask("target", parent, Target);
        _pid = target.ThreadPid.Peek!;
        _world.Set(_pid.Count, 2);
        _events = UtraceEvents.Reap | (request.Values["death"] != 0 ? UtraceEvents.Death : UtraceEvents.None);
        _ops = [.. Enumerable.Range(0, request.Values["engines"]).Select(
            i => new WatchedOps(_world.Watch(target, FormattableString.Invariant($"E{i}"))))];
        kernel.MakeTask("owner", null, Owner);
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new EngineOutlivesTask(machine, request)._world.AtEnd;

    private async Op Parent(Cpu cpu) => await _world.Kernel.Wait.WaitForChild(cpu);

    private Op Target(Cpu cpu) => _world.Kernel.Exit.DoExit(cpu, 0);

    private async Op Owner(Cpu cpu)
    {
        for (int i = 0; i < _ops.Length; i++)
        {
            await _world.LookAtPid(cpu, _ops[i].Watch, _pid);
            if (await _world.AttachPid(cpu, _pid, _ops[i]) is { } engine)
            {
                await _world.SetEventsPid(cpu, _pid, engine, _events);
            }
        }
    }
}
