using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.Reporting;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants.Historic;

/// <summary>2009: maybe_reap walks the list of engines itself after it has dropped the lock.</summary>
[Immutable]
internal sealed class ReapWalkVsLookup()
    : UtraceVariant("reap-walk-vs-lookup", "maybe_reap walks the shared list without the lock")
{
    internal override Teardown Teardown { get; } = new WalkOfSharedList();

    /// <summary>The engines stay on the list while they are told, and are unlinked without the lock.</summary>
    [Immutable]
    private sealed class WalkOfSharedList : Teardown
    {
        internal override async Op TearDownUnlocking(Cpu cpu, TaskStruct task, UtraceStruct utrace)
        {
            await utrace.SpliceAttaching(cpu);
            await utrace.Lock.Release(cpu);
            while (utrace.Attached.Count(cpu) > 0)
            {
                UtraceEngine engine = utrace.Attached.At(cpu, 0);
                await ReportReap(cpu, task, engine);
                utrace.Attached.Remove(cpu, engine);
                await engine.Put(cpu);
            }
        }
    }
}
