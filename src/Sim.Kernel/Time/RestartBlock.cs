using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Time;

/// <summary>
/// struct restart_block: how an interrupted call goes on with what is left of its time. It never changes; the next
/// interrupted call makes another.
/// </summary>
public abstract class RestartBlock(SimMachine machine) : MachineObject(machine, "restart_block")
{
    /// <summary>Goes on; answers what the call answers.</summary>
    public abstract Op<long> Run(Cpu cpu);
}
