using System.Runtime.CompilerServices;

namespace Sim.Machine.Ops;

/// <summary>
/// What a routine of the simulated world may await: a machine operation or another routine, nothing
/// else. The builder demands this interface, so awaiting a <c>Task</c> does not compile.
/// </summary>
public interface IOpAwaiter : ICriticalNotifyCompletion
{
    /// <summary>
    /// Called when the awaiting routine is about to be suspended. A machine operation announces
    /// itself (kind, cell, operands) here, before it is performed; a pending sub-routine has already
    /// suspended and only says on which machine.
    /// </summary>
    SimMachine Suspend();
}
