using Sim.Kernel.Abi;
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
/// A world about stops: one traced process whose program is a few trips to user mode, engines, and bare routines that
/// control it. The process does not die unless it is killed, and nobody waits for it, so that the world is small.
/// </summary>
public sealed class TracedTask : MachineObject
{
    private readonly MachineList<UtraceEngine> _engines;

    /// <summary>Boots a kernel with a process.</summary>
    /// <param name="machine">The machine, being set up.</param>
    /// <param name="variant">The version of the algorithm.</param>
    /// <param name="program">What the process does; when it returns the process sleeps for ever.</param>
    /// <param name="followsStops">Whether owners look whether the task is stopped before they call.</param>
    public TracedTask(SimMachine machine, string variant, Func<User, Op> program, bool followsStops = false)
        : base(machine, "scene", "traced task")
    {
        World = new UtraceWorld(machine, variant) { FollowsTasks = true, FollowsStops = followsStops };
        _engines = new MachineList<UtraceEngine>(this, "engines", null);
        Over = new Ghost<bool>(this, "over");
        Task = World.Kernel.MakeProcess("target", null, new Body(this, program));
        World.Set(Task.Usage, 8);
        World.Follow(Task);
    }

    /// <summary>The kernel and the calls.</summary>
    public UtraceWorld World { get; }

    /// <summary>The traced process.</summary>
    public TaskStruct Task { get; }

    /// <summary>Whether the process has come to the end of its program, or was killed.</summary>
    public Ghost<bool> Over { get; }

    /// <summary>Attaches an engine while the world is set up.</summary>
    /// <param name="events">What it wants besides REAP.</param>
    /// <param name="ops">Makes its callbacks.</param>
    /// <returns>Its number, for <see cref="Control"/>.</returns>
    public int Attach(UtraceEvents events, Func<EngineWatch, WatchedOps> ops)
    {
        int number = _engines.PeekCount;
        EngineWatch watch = World.Watch(Task, FormattableString.Invariant($"E{number}"));
        _engines.Add(Machine.BootCpu, World.SetUpEngine(ops(watch), events | UtraceEvents.Reap));
        return number;
    }

    /// <summary>An engine.</summary>
    public UtraceEngine Engine(int number) => _engines.PeekAt(number);

    /// <summary>Somebody who does something and is gone.</summary>
    public void Caller(string name, Func<Cpu, Op> routine) => World.Kernel.MakeTask(name, null, routine);

    /// <summary>utrace_control() of an engine.</summary>
    public Op<Errno> Control(Cpu cpu, int engine, ResumeAction action) => World.Control(cpu, Task, Engine(engine), action);

    /// <summary>Looks whether the task is stopped for tracing.</summary>
    public Op<bool> Look(Cpu cpu) => World.Look(cpu, Task);

    /// <summary>Waits until the task is stopped for tracing, or over.</summary>
    public Op<bool> LookUntil(Cpu cpu) => World.LookUntil(cpu, Task, Over);

    /// <summary>Asks for a stop and waits until the task is there.</summary>
    public async Op<bool> Stop(Cpu cpu, int engine)
        => await Control(cpu, engine, ResumeAction.Stop) is Errno.None or Errno.EINPROGRESS && await LookUntil(cpu);

    /// <summary>A trip into the kernel and back to user mode.</summary>
    public async Op Trip(User user)
    {
        await user.Task.Kernel.Gate.Interrupted(user.Cpu);
        await World.InUserMode(user.Cpu);
    }

    private sealed class Body(TracedTask scene, Func<User, Op> program) : UserProgram
    {
        public override async Op<int> Main(User user)
        {
            await program(user);
            await user.Cpu.Store(scene.Over, true);
            await user.Cpu.End();
            return 0;
        }
    }
}
