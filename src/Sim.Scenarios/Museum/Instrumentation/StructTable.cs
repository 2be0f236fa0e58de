using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>
/// SystemTap's own utrace keeps the struct of a task in a hash table, of which this is one bucket with one struct, and
/// frees it when the task dies, whoever may be using it.
/// </summary>
internal sealed class StructTable : MachineObject
{
    private readonly LinuxKernel _kernel;
    private readonly StructMistake _mistake;
    private readonly SharedRef<ProbedStruct> _bucket;
    private readonly Shared<bool> _attached;

    private StructTable(SimMachine machine, LinuxKernel kernel, StructMistake mistake, bool isFaulty)
        : base(machine, "table", "utrace")
    {
        _kernel = kernel;
        _mistake = isFaulty ? mistake : StructMistake.None;
        _bucket = new SharedRef<ProbedStruct>(this, "bucket");
        _attached = new Shared<bool>(this, "engine attached");
        machine.BootCpu.Store(_bucket, new ProbedStruct(machine)).GetResult();
        machine.BootCpu.Store(_attached, true).GetResult();
    }

    /// <summary>A world in which a task dies while somebody works on it by way of the table.</summary>
    internal static Func<SimMachine, WorldRequest, Action?> World(StructMistake mistake) => (machine, request) =>
    {
        var scene = new ProbeScene(machine);
        var table = new StructTable(machine, scene.Kernel, mistake, Exhibit.IsFaulty(request));
        scene.Actor("target", table.Remove);
        scene.Actor("controller", table.Control);
        return null;
    };

    /// <summary>The dying task takes its struct out of the table and drops the table's reference.</summary>
    private async Op Remove(Cpu cpu)
    {
        ProbedStruct utrace = (await cpu.ReadOnce(_bucket))!;
        await cpu.WriteOnce(_attached, false);
        await cpu.WriteOnce(_bucket, null);
        if (_mistake == StructMistake.NoReference)
        {
            await _kernel.Rcu.Call(cpu, new FreeLater(utrace));
        }
        else
        {
            await Put(cpu, utrace);
        }
    }

    /// <summary>A call on the engine: looks the struct up and locks it.</summary>
    private async Op Control(Cpu cpu)
    {
        await cpu.Task().Rcu.Lock(cpu);
        if (!await cpu.ReadOnce(_attached))
        {
            await cpu.Task().Rcu.Unlock(cpu);
            return;
        }

        ProbedStruct? utrace = await cpu.ReadOnce(_bucket);
        bool there = _mistake == StructMistake.TrustsLookup || utrace is not null;
        bool mine = there && (_mistake == StructMistake.NoReference || await GetUnlessZero(cpu, utrace!));
        await cpu.Task().Rcu.Unlock(cpu);
        if (mine)
        {
            await utrace!.Lock.Acquire(cpu);
            await utrace.Lock.Release(cpu);
            if (_mistake != StructMistake.NoReference)
            {
                await Put(cpu, utrace);
            }
        }
    }

    /// <summary>atomic_inc_not_zero().</summary>
    private static async Op<bool> GetUnlessZero(Cpu cpu, ProbedStruct utrace)
    {
        while (true)
        {
            int count = await cpu.ReadOnce(utrace.Count);
            if (count == 0)
            {
                return false;
            }

            if (await cpu.CompareExchange(utrace.Count, count, count + 1) == count)
            {
                return true;
            }
        }
    }

    private async Op Put(Cpu cpu, ProbedStruct utrace)
    {
        if (await cpu.Rmw(utrace.Count, RmwKind.Add, -1) == 1)
        {
            await _kernel.Rcu.Call(cpu, new FreeLater(utrace));
        }
    }

    private sealed class ProbedStruct : MachineObject
    {
        internal ProbedStruct(SimMachine machine)
            : base(machine, "struct", "target")
        {
            Lock = new SpinLock(this, LockClass.Utrace, "utrace");
            Count = new Shared<int>(this, "count", 1);
        }

        internal SpinLock Lock { get; }

        internal Shared<int> Count { get; }
    }

    private sealed class FreeLater(ProbedStruct utrace) : RcuHead(utrace.Machine, "free struct")
    {
        public override async Op Run(Cpu cpu) => await cpu.Free(utrace);
    }
}

/// <summary>What is wrong with the table.</summary>
internal enum StructMistake
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A look-up takes no reference.</summary>
    NoReference,

    /// <summary>A look-up is not tested for NULL.</summary>
    TrustsLookup,
}
