using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.Variants;

/// <summary>ENGINE_STOP in <c>utrace_flags</c>: whether any engine may hold the task.</summary>
internal static class StopUnion
{
    /// <summary>Takes the bit out; utrace_reset() puts it back if another engine holds the task.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal static async Op Clear(Cpu cpu, TaskStruct target)
    {
        UtraceEvents union = await cpu.ReadOnce(target.UtraceFlags);
        await cpu.WriteOnce(target.UtraceFlags, union & ~UtraceEvents.EngineStop);
    }
}
