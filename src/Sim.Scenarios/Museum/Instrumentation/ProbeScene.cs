using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A kernel with a probe module loaded: what its handlers need, and what unloading takes away.</summary>
internal sealed class ProbeScene : MachineObject
{
    /// <summary>Boots a kernel and loads the module.</summary>
    internal ProbeScene(SimMachine machine)
        : base(machine, "scene", "probes")
    {
        Kernel = new LinuxKernel(machine);
        machine.BootCpu.Current = Kernel.MakeTask("boot");
        Module = new ProbeModule(machine);
        Stopping = new Shared<bool>(this, "stopping");
        InUse = new Shared<int>(this, "in use");
        Works = new TaskWorks(machine);
    }

    /// <summary>The kernel.</summary>
    internal LinuxKernel Kernel { get; }

    /// <summary>Text and data of the module.</summary>
    internal ProbeModule Module { get; }

    /// <summary>Whether the module is being stopped.</summary>
    internal Shared<bool> Stopping { get; }

    /// <summary>How many handlers or works are under way; not part of the module here, so that it can be read at any time.</summary>
    internal Shared<int> InUse { get; }

    /// <summary>The works of the one probed task.</summary>
    internal TaskWorks Works { get; }

    /// <summary>Somebody who does something and is gone.</summary>
    internal void Actor(string name, Func<Cpu, Op> routine) => Kernel.MakeTask(name, null, routine);

    /// <summary>One more, or one fewer, is under way.</summary>
    internal async Op Count(Cpu cpu, int change) => await cpu.Rmw(InUse, RmwKind.Add, change);

    /// <summary>Waits until nothing is under way.</summary>
    internal async Op AwaitIdle(Cpu cpu) => await cpu.LoadWhen(InUse, GuardKind.Equal, 0);

    /// <summary>Stops the module, waits until nothing is under way, and unloads it.</summary>
    internal async Op StopAndUnload(Cpu cpu)
    {
        await cpu.Rmw(Stopping, RmwKind.Exchange, true);
        await AwaitIdle(cpu);
        await Unload(cpu);
    }

    /// <summary>Frees text and data of the module.</summary>
    internal async Op Unload(Cpu cpu) => await cpu.Free(Module);
}

/// <summary>Text and data of a module.</summary>
internal sealed class ProbeModule : MachineObject
{
    private readonly Shared<int> _text;

    internal ProbeModule(SimMachine machine)
        : base(machine, "module", "probes")
        => _text = new Shared<int>(this, "text");

    /// <summary>An instruction of the module is executed.</summary>
    internal async Op Execute(Cpu cpu) => await cpu.ReadOnce(_text);
}
