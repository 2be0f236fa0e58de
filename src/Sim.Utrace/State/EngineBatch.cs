using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace.State;

/// <summary>Engines that a routine has taken off a task's lists and alone knows.</summary>
internal sealed class EngineBatch : MachineObject
{
    internal EngineBatch(SimMachine machine)
        : base(machine, "batch")
        => Engines = new MachineList<UtraceEngine>(this, "engines", null);

    internal MachineList<UtraceEngine> Engines { get; }

    /// <summary>Takes all engines of a list.</summary>
    internal void TakeAll(Cpu cpu, MachineList<UtraceEngine> from)
    {
        while (from.Count(cpu) > 0)
        {
            UtraceEngine engine = from.At(cpu, 0);
            from.Remove(cpu, engine);
            Engines.Add(cpu, engine);
        }
    }

    /// <summary>Takes the first engine out; null when none is left.</summary>
    internal UtraceEngine? Next(Cpu cpu)
    {
        if (Engines.Count(cpu) == 0)
        {
            return null;
        }

        UtraceEngine engine = Engines.At(cpu, 0);
        Engines.Remove(cpu, engine);
        return engine;
    }

    /// <summary>Drops the reference for being attached of each engine.</summary>
    internal async Op PutAll(Cpu cpu)
    {
        while (Next(cpu) is { } engine)
        {
            await engine.Put(cpu);
        }
    }
}
