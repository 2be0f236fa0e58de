using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.Museum;

/// <summary>
/// A traced task with engines that nobody watches: for mistakes that a sanitizer catches, since what observers note
/// makes a world larger. The task never ends unless it is killed, and nobody waits for it.
/// </summary>
internal sealed class BareScene : MachineObject
{
    private readonly MachineList<UtraceEngine> _engines;

    /// <summary>Boots a kernel with a task.</summary>
    /// <param name="machine">The machine, being set up.</param>
    /// <param name="variant">The version of utrace.</param>
    /// <param name="options">Limits of the kernel; null for none.</param>
    internal BareScene(SimMachine machine, string variant, KernelOptions? options = null)
        : base(machine, "scene", "bare")
    {
        World = options is null
            ? new UtraceWorld(machine, variant)
            : new UtraceWorld(machine, UtraceWorld.Named(variant), init: false, options);
        Over = new Ghost<bool>(this, "over");
        _engines = new MachineList<UtraceEngine>(this, "engines", null);
        Task = Kernel.MakeTask("target");
        World.Set(Task.Usage, 8);
    }

    /// <summary>The kernel and utrace.</summary>
    internal UtraceWorld World { get; }

    /// <summary>The kernel.</summary>
    internal LinuxKernel Kernel => World.Kernel;

    /// <summary>The traced task.</summary>
    internal TaskStruct Task { get; }

    /// <summary>Says what the task does.</summary>
    internal void Run(Func<Cpu, Op> routine) => Kernel.Start(Task, routine);

    /// <summary>The task goes to user mode once, and stays there.</summary>
    internal void RunToUser() => Run(ToUser);

    /// <summary>Attaches an engine while the world is set up.</summary>
    /// <returns>Its number.</returns>
    internal int Attach(EngineOps ops, UtraceEvents events)
    {
        Cpu boot = Machine.BootCpu;
        UtraceEngine engine = World.Utrace.AttachTask(boot, Task, AttachFlags.Create, ops, null).GetAwaiter().GetResult().Engine!;
        World.Utrace.SetEvents(boot, Task, engine, events).GetAwaiter().GetResult();
        _engines.Add(boot, engine);
        return _engines.PeekCount - 1;
    }

    /// <summary>Asks for something while the world is set up.</summary>
    internal void Ask(int engine, ResumeAction action) => Control(Machine.BootCpu, engine, action).GetAwaiter().GetResult();

    /// <summary>An engine.</summary>
    internal UtraceEngine Engine(int number) => _engines.PeekAt(number);

    /// <summary>utrace_control().</summary>
    internal Op<Errno> Control(Cpu cpu, int engine, ResumeAction action)
        => World.Utrace.Control(cpu, Task, Engine(engine), action);

    /// <summary>Somebody who does something and is gone.</summary>
    internal void Caller(string name, Func<Cpu, Op> routine) => Kernel.MakeTask(name, null, routine);

    /// <summary>Sends a signal to the task.</summary>
    internal Op Send(Cpu cpu, int signal) => Kernel.SendSignal(cpu, Task, signal);

    /// <summary>Whether the task has come to the end of its routine.</summary>
    internal Ghost<bool> Over { get; }

    /// <summary>Waits until the task is stopped for tracing, dead or over.</summary>
    /// <returns>Whether it is stopped.</returns>
    internal async Op<bool> AwaitStop(Cpu cpu)
    {
        while (true)
        {
            TaskState state = await cpu.ReadOnce(Task.State);
            if ((state & TaskState.TracedBit) != TaskState.Running)
            {
                return true;
            }

            ExitState exit = await cpu.ReadOnce(Task.ExitState);
            if (exit != ExitState.Alive || await cpu.Load(Over))
            {
                return false;
            }

            await cpu.Watch(WatchSet.Empty.With(Task.State, state).With(Task.ExitState, exit).With(Over, false));
        }
    }

    private async Op ToUser(Cpu cpu)
    {
        await Kernel.ReturnWork.ExitToUser(cpu);
        await cpu.Store(Over, true);
        await cpu.End();
    }

    /// <summary>An engine that answers what it was made to answer, and does not end a stop that its owner holds.</summary>
    internal sealed class Answers(
        SimMachine machine,
        string label,
        ResumeAction onQuiesce = ResumeAction.Resume,
        ResumeAction onExit = ResumeAction.Resume)
        : EngineOps(machine, label)
    {
        /// <inheritdoc/>
        public override async Op<Verdict> ReportQuiesce(
            Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        {
            bool holds = (await cpu.ReadOnce(engine.Flags) & UtraceEvents.EngineStop) != UtraceEvents.None;
            return holds && during != UtraceEvents.Exit ? ResumeAction.Stop : during == UtraceEvents.None ? onQuiesce : ResumeAction.Resume;
        }

        /// <inheritdoc/>
        public override Op<Verdict> ReportExit(
            Cpu cpu, ResumeAction action, UtraceEngine engine, int original, Guarded<int> code)
            => Op<Verdict>.Of(onExit);
    }
}
