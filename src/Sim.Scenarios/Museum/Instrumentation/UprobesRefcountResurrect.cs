using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A count that comes back from zero.</summary>
internal sealed class UprobesRefcountResurrect : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "uprobes-refcount-resurrect",
        Title = "a reference is taken to what has none left",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap f916107c2 (January 2012, PR13539); its author could not reproduce it",
        Actors = ["exiting task", "unregistering tracer"],
        Story = "The last probe of a process is unregistered: the count goes from 1 to 0, and the process record is " +
            "being freed. The exiting task, in its exit callback, still finds the record and takes a reference: " +
            "from 0 to 1. It uses memory that is freed, and frees it again.",
        Fix = "A reference is taken only if there is one left, and the record is unhashed first.",
        Switch = "the reference is taken without a look at the count",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = Make,
    };

    private readonly ProbeScene _scene;
    private readonly SharedRef<ProcessRecord> _hash;
    private readonly bool _blindly;

    private UprobesRefcountResurrect(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "uprobes-refcount-resurrect")
    {
        _blindly = Museum.Exhibit.IsFaulty(request);
        _scene = new ProbeScene(machine);
        _hash = new SharedRef<ProcessRecord>(this, "hash");
        machine.BootCpu.Store(_hash, new ProcessRecord(machine)).GetResult();
        _scene.Actor("target", Exit);
        _scene.Actor("tracer", Unregister);
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new UprobesRefcountResurrect(machine, request);
        return null;
    }

    /// <summary>report_exit(): looks at the record of the process.</summary>
    private async Op Exit(Cpu cpu)
    {
        await cpu.Task().Rcu.Lock(cpu);
        ProcessRecord? record = await cpu.ReadOnce(_hash);
        bool mine = record is not null && await Get(cpu, record);
        await cpu.Task().Rcu.Unlock(cpu);
        if (mine)
        {
            await cpu.ReadOnce(record!.Probes);
            await Put(cpu, record);
        }
    }

    private async Op Unregister(Cpu cpu)
    {
        ProcessRecord record = (await cpu.ReadOnce(_hash))!;
        await Put(cpu, record);
    }

    private async Op<bool> Get(Cpu cpu, ProcessRecord record)
    {
        if (_blindly)
        {
            await cpu.Rmw(record.Count, RmwKind.Add, 1);
            return true;
        }

        while (true)
        {
            int count = await cpu.ReadOnce(record.Count);
            if (count == 0)
            {
                return false;
            }

            if (await cpu.CompareExchange(record.Count, count, count + 1) == count)
            {
                return true;
            }
        }
    }

    private async Op Put(Cpu cpu, ProcessRecord record)
    {
        if (await cpu.Rmw(record.Count, RmwKind.Add, -1) == 1)
        {
            await cpu.WriteOnce(_hash, null);
            await _scene.Kernel.Rcu.Call(cpu, new FreeLater(record));
        }
    }

    private sealed class ProcessRecord : MachineObject
    {
        internal ProcessRecord(SimMachine machine)
            : base(machine, "uprobe_process", "target")
        {
            Count = new Shared<int>(this, "count", 1);
            Probes = new Shared<int>(this, "probes");
        }

        internal Shared<int> Count { get; }

        internal Shared<int> Probes { get; }
    }

    private sealed class FreeLater(ProcessRecord record) : RcuHead(record.Machine, "free record")
    {
        public override async Op Run(Cpu cpu) => await cpu.Free(record);
    }
}
