using Sim.Kernel.Barriers;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>Two works with one function.</summary>
internal sealed class StapCancelWrongWork : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-cancel-wrong-work",
        Title = "one work is cancelled, and another one freed",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap b26b4e2c2 and 96470399a (December 2020, with an oops in the log); e695d462f (2014) before " +
            "them",
        Actors = ["tracee", "unloader"],
        Story = "Two works with the same function are queued on a task. The unloader, looking at its record of the " +
            "first, cancels by function, and the second is taken out. It frees the first, which is still queued. " +
            "The task runs it.",
        Fix = "What cancel returned is freed.",
        Switch = "the record that was looked at is freed, not the one that was cancelled",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly MachineList<TaskWork> _records;
    private readonly bool _freesOwn;

    private StapCancelWrongWork(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-cancel-wrong-work")
    {
        _freesOwn = Museum.Exhibit.IsFaulty(request);
        _scene = new ProbeScene(machine);
        _records = new MachineList<TaskWork>(this, "records", null);
        foreach (string name in (string[])["first", "second"])
        {
            var work = new PlainWork(machine, name);
            _records.Add(machine.BootCpu, work);
            _scene.Works.Add(machine.BootCpu, work).GetAwaiter().GetResult();
        }

        _scene.Actor("target", cpu => _scene.Works.Run(cpu));
        _scene.Actor("unloader", CancelOne);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapCancelWrongWork(machine, request);
        return null;
    }

    private async Op CancelOne(Cpu cpu)
    {
        TaskWork record = _records.At(cpu, 0);
        TaskWork? cancelled = await _scene.Works.Cancel(cpu);
        if (cancelled is not null)
        {
            await cpu.Free(_freesOwn ? record : cancelled);
        }
    }

    private sealed class PlainWork : TaskWork
    {
        private readonly Shared<int> _data;

        internal PlainWork(SimMachine machine, string name)
            : base(machine, name)
            => _data = new Shared<int>(this, "data");

        internal override async Op Run(Cpu cpu) => await cpu.ReadOnce(_data);
    }
}
