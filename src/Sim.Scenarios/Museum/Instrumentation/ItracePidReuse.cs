using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>One number, two tasks.</summary>
internal sealed class ItracePidReuse : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "itrace-pid-reuse",
        Title = "the record of a traced task is found by its number",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 4f600a5f1 (June 2011, BZ699342), and 26f7a1812 (PR12834) for the engine that leaks",
        Actors = ["two tasks, one number", "user of itrace"],
        Story = "A task with a number dies, and its record stays. A new task gets the number. The user of itrace " +
            "looks the number up, finds the old record, and follows its pointer to a task that is long freed.",
        Fix = "Records are found by their task.",
        Switch = "the record is found by number",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly SharedRef<TaskStruct> _record;
    private readonly bool _byNumber;

    private ItracePidReuse(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "itrace-pid-reuse")
    {
        _byNumber = Museum.Exhibit.IsFaulty(request);
        _record = new SharedRef<TaskStruct>(this, "record.task");

        // One number is left for children, and is given out again and again.
        _world = new KernelWorld(machine, init: false, new KernelOptions { PidMax = 3, ReservedPids = 1 }, new NoTracing());
        _world.Stranger("parent", Run);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new ItracePidReuse(machine, request);
        return null;
    }

    private async Op Run(User user)
    {
        long first = await user.Fork(new RoutineProgram(_ => Op<int>.Of(0)), "first");
        await user.Cpu.WriteOnce(_record, await _world.Kernel.Pids.FindTask(user.Cpu, (int)first));
        await user.Wait4((int)first, WaitOptions.None);
        long second = await user.Fork(new RoutineProgram(Stay), "second");
        _world.Expect(first == second, "the number is not used again");
        TaskStruct recorded = (await user.Cpu.ReadOnce(_record))!;
        if (_byNumber || ReferenceEquals(recorded, await _world.Kernel.Pids.FindTask(user.Cpu, (int)second)))
        {
            await user.Cpu.ReadOnce(recorded.State);
        }
    }

    private async Op<int> Stay(User user)
    {
        _world.Keep(user.Cpu, user.Task);
        await user.Cpu.End();
        return 0;
    }
}
