using Sim.Kernel.Barriers;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>Neighbours in one word.</summary>
internal sealed class StapWorkaddedBitfield : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-workadded-bitfield",
        Title = "\"queued\" is kept in bit-fields of one word, changed without a lock",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap c8db32343 (April 2016): atomic test-and-set",
        Actors = ["two controllers"],
        Story = "One controller reads the word to set the bit of the resume work. Another sets the bit of the report " +
            "work and queues it. The first stores the word without that bit. When the second asks again, the " +
            "report work looks as if it were not queued, and the same node is linked twice: the list runs in a " +
            "circle.",
        Fix = "One atomic word for each, with test-and-set.",
        Switch = "the bits are set by a load and a store",
        Guarantee = "BUG",
        HasUtrace = false,
        Build = Make,
    };

    private const int Resume = 1;
    private const int Report = 2;

    private readonly ProbeScene _scene;
    private readonly Shared<int> _queued;
    private readonly MachineList<TaskWork> _works;
    private readonly bool _plain;

    private StapWorkaddedBitfield(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "stap-workadded-bitfield")
    {
        _plain = Museum.Exhibit.IsFaulty(request);
        _queued = new Shared<int>(this, "work_added");
        _works = new MachineList<TaskWork>(this, "works", null);
        _works.Add(machine.BootCpu, new NoWork(machine, "resume"));
        _works.Add(machine.BootCpu, new NoWork(machine, "report"));
        _scene = new ProbeScene(machine);
        _scene.Actor("controller0", cpu => Request(cpu, Resume));
        _scene.Actor("controller1", AskTwice);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new StapWorkaddedBitfield(machine, request);
        return null;
    }

    private async Op AskTwice(Cpu cpu)
    {
        await Request(cpu, Report);
        await Request(cpu, Report);
    }

    private async Op Request(Cpu cpu, int bit)
    {
        int before;
        if (_plain)
        {
            before = await cpu.ReadOnce(_queued);
            await cpu.WriteOnce(_queued, before | bit);
        }
        else
        {
            before = await cpu.Rmw(_queued, RmwKind.Or, bit);
        }

        if ((before & bit) == 0)
        {
            await _scene.Works.Add(cpu, _works.At(cpu, bit - 1));
        }
    }

    private sealed class NoWork(SimMachine machine, string name) : TaskWork(machine, name)
    {
        internal override Op Run(Cpu cpu) => Op.Done;
    }
}
