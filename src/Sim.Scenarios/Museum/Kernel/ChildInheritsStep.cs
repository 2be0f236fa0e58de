using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Kernel;

/// <summary>A copy too many.</summary>
internal sealed class ChildInheritsStep : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "child-inherits-step",
        Title = "a forked child inherits the flag of single-stepping",
        Group = ExhibitGroup.Kernel,
        Source = "upstream 6580807da14 (December 2009), from the test step-fork",
        Actors = ["stepped task", "child"],
        Story = "A debugger steps a task over fork(). The child is made as a copy, flags and all: it steps too, " +
            "nobody traces it, and the trap after its first instruction kills it with SIGTRAP.",
        Fix = "copy_process() turns stepping off in the new task.",
        Switch = "copy_process() copies the flags of stepping",
        Guarantee = "H1",
        Without = [KernelSites.Checks.ChildDoesNotStep],
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;

    private ChildInheritsStep(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "child-inherits-step")
    {
        _world = new KernelWorld(machine, init: false);
        TaskStruct stepped = _world.Stranger("stepped", Fork);
        _world.Kernel.Stepping.EnableSingleStep(machine.BootCpu, stepped).GetAwaiter().GetResult();
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new ChildInheritsStep(machine, request);
        return null;
    }

    private async Op Fork(User user) => await user.Fork(new RoutineProgram(Child), "child");

    private async Op<int> Child(User user)
    {
        if ((await user.Cpu.ReadOnce(user.Task.ThreadFlags) & ThreadFlags.SingleStep) != ThreadFlags.None)
        {
            Machine.Break(MuseumLaws.Steps, "a child steps because its parent does");
        }

        return 0;
    }
}
