using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// utrace_maybe_reap(): the end of the engines. Whoever releases the task reports REAP; when the releaser
/// comes while the death report is still to be made or under way, it leaves the reaping to the dying
/// task. Source: spec section 4.7.
/// </summary>
[Immutable]
internal sealed class Reaping(UtraceCore core)
{
    /// <summary>Tears the engines down, or leaves that to the dying task.</summary>
    /// <param name="cpu">The releaser's processor, or the dying task's.</param>
    /// <param name="task">The task.</param>
    /// <param name="utrace">Its struct utrace.</param>
    /// <param name="reap">Whether release_task() calls, rather than the end of the death report.</param>
    /// <remarks>Context: as said; sleeps in callbacks. Locks: none on entry; takes utrace->lock.</remarks>
    internal async Op MaybeReap(Cpu cpu, TaskStruct task, UtraceStruct utrace, bool reap)
    {
        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.MaybeReap);
        if (reap)
        {
            utrace.Reap.Set(cpu, true);
            if (cpu.Makes(UtraceSites.Checks.ReapDefers) &&
                ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.DeathEvents) != UtraceEvents.None ||
                    core.Variant.DefersReap(cpu, utrace)))
            {
                await utrace.Lock.Release(cpu);
                return;
            }
        }
        else
        {
            utrace.Death.Set(cpu, false);
            utrace.DeathReported.Set(cpu, true);
            if (!utrace.Reap.Get(cpu))
            {
                await core.Reset.ResetUnlocking(cpu, task, utrace);
                return;
            }
        }

        await cpu.WriteOnce(task.UtraceFlags, UtraceEvents.None);
        await core.Variant.Teardown.TearDownUnlocking(cpu, task, utrace);
        if (!reap)
        {
            await core.Variant.AfterOwnTeardown(cpu, task);
        }
    }
}
