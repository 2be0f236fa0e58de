using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Kernel.Tracehook;

/// <summary>
/// What the tracing layer keeps per task, opaque to the core kernel: the type behind
/// <c>task_struct.utrace</c>.
/// </summary>
public abstract class TaskTrace(SimMachine machine, string kind, string label)
    : MachineObject(machine, kind, label);
