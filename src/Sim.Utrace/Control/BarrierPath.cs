using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>utrace_barrier(). Source: spec section 3.5.</summary>
[Immutable]
internal sealed class BarrierPath(UtraceCore core)
{
    /// <inheritdoc cref="UtraceCore.Barrier"/>
    /// <remarks>
    /// The original polls once a tick. A poll that finds what the last one found changes nothing, so
    /// here the poller sleeps until one of the words that decide the outcome has changed. To know them it
    /// reads engine->ops once more under the lock, and its own TIF_SIGPENDING.
    /// </remarks>
    internal async Op<Errno> Barrier(Cpu cpu, TaskStruct target, UtraceEngine engine)
    {
        if (ReferenceEquals(cpu.Current, target))
        {
            return Errno.None;
        }

        while (true)
        {
            (Errno error, UtraceStruct? utrace) = await core.Locking.GetUtraceLock(
                cpu, target, engine, attached: false, UtraceSites.UtraceLock.Barrier);
            if (utrace is null && error != Errno.ERESTARTSYS)
            {
                return error;
            }

            WatchSet watch = WatchSet.Empty;
            if (utrace is null)
            {
                watch = watch.With(engine.Ops, core.Detached);
            }
            else
            {
                UtraceEngine? reporting = await cpu.ReadOnce(utrace.Reporting);
                EngineOps? ops = await cpu.ReadOnce(engine.Ops);
                await utrace.Lock.Release(cpu);
                if (!cpu.Makes(UtraceSites.Checks.BarrierReporting) || !ReferenceEquals(reporting, engine))
                {
                    return Errno.None;
                }

                watch = watch.With(utrace.Reporting, reporting).With(engine.Ops, ops);
            }

            Lockdep.MightSleep(cpu, "utrace_barrier()");
            ThreadFlags own = await cpu.ReadOnce(cpu.Task().ThreadFlags);
            if ((own & ThreadFlags.SignalPending) != ThreadFlags.None)
            {
                return Errno.ERESTARTSYS;
            }

            await cpu.Watch(watch.With(cpu.Task().ThreadFlags, own));
        }
    }
}
