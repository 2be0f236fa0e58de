using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Races;
using Sim.Utrace;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// An engine steps a program through fork(). On powerpc fork() takes a lock by a load and reserve and a conditional
/// store, and every trap between them takes the reservation away: the store fails for ever, though the program takes
/// step after step. A program that calls the kernel itself, or an engine that steps over the whole sequence at once,
/// comes through; on x86_64 there is nothing that a trap could divide.
/// </summary>
/// <remarks>Source: the utrace thread of 2009-12-01, why step-fork.c calls syscall(__NR_fork).</remarks>
public sealed class StepFork : MachineObject
{
    private readonly UtraceWorld _world;

    private StepFork(SimMachine machine, WorldRequest request)
        : base(machine, "scenario", "step-fork")
    {
        ForkProgram program = request.Values["powerpc"] != 0 ? ForkProgram.PowerPc() : ForkProgram.X86();
        _world = new UtraceWorld(
            machine,
            UtraceWorld.Named(request.Variant),
            init: false,
            new KernelOptions { Architecture = program.Architecture });
        TaskStruct task = program.MakeParent(_world.Kernel, request.Values["raw"] != 0);
        bool whole = request.Values["whole"] != 0 && request.Values["powerpc"] != 0;
        Attach(machine.BootCpu, task, new StepperOps(machine, whole)).GetAwaiter().GetResult();
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, WorldRequest request)
        => new StepFork(machine, request)._world.AtEnd;

    /// <summary>Attaches the engine, and has it called before the task reaches user mode.</summary>
    private async Op Attach(Cpu cpu, TaskStruct task, StepperOps ops)
    {
        UtraceEngine engine = (await _world.Utrace.AttachTask(cpu, task, AttachFlags.Create, ops, null)).Engine!;
        await _world.Utrace.SetEvents(cpu, task, engine, UtraceEvents.Quiesce | UtraceEvents.SignalAll);
        await _world.Utrace.Control(cpu, task, engine, ResumeAction.Report);
        await engine.Put(cpu);
    }
}
