using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.Variants.Historic;

/// <summary>Early 2007: an attach that finds the task released begins again.</summary>
[Immutable]
internal sealed class AttachRestartSpin()
    : UtraceVariant("attach-restart-spin", "an attach to a released task begins again for ever")
{
    /// <inheritdoc/>
    /// <remarks>A round that finds what the last one found changes nothing, so the loop sleeps until exit_state has changed.</remarks>
    internal override async Op<bool> RetriesAttach(Cpu cpu, TaskStruct target)
    {
        await cpu.Watch(WatchSet.Empty.With(target.ExitState, ExitState.Dead));
        return true;
    }
}
