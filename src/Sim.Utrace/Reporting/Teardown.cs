using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>The last part of utrace_maybe_reap(): every engine hears of the release and goes. Source: spec section 4.7.</summary>
[Immutable]
internal abstract class Teardown
{
    /// <summary>Tells the engines and drops them.</summary>
    /// <remarks>Context: the releaser, or the dying task; sleeps in callbacks. Locks: utrace->lock on entry, not on return.</remarks>
    internal abstract Op TearDownUnlocking(Cpu cpu, TaskStruct task, UtraceStruct utrace);

    /// <summary>The last callback of an engine, if it wants one, and its end.</summary>
    protected static async Op ReportReap(Cpu cpu, TaskStruct task, UtraceEngine engine)
    {
        if (!cpu.Makes(UtraceSites.Checks.WantsReap) ||
            (await cpu.ReadOnce(engine.Flags) & UtraceEvents.Reap) != UtraceEvents.None)
        {
            Lockdep.MightSleep(cpu, "report_reap()");
            await (await cpu.ReadOnce(engine.Ops))!.ReportReap(cpu, engine, task);
        }

        await cpu.WriteOnce(engine.Ops, null);
        if (cpu.Makes(UtraceSites.Checks.ForgetFlags))
        {
            await cpu.WriteOnce(engine.Flags, UtraceEvents.None);
        }
    }
}

/// <summary>The engines are moved to a list of the releaser's own under the lock, so that nobody finds them any more.</summary>
[Immutable]
internal sealed class TeardownOfOwnList : Teardown
{
    internal override async Op TearDownUnlocking(Cpu cpu, TaskStruct task, UtraceStruct utrace)
    {
        var torn = new EngineBatch(task.Machine);
        torn.TakeAll(cpu, utrace.Attached);
        torn.TakeAll(cpu, utrace.Attaching);
        await utrace.Lock.Release(cpu);
        while (torn.Next(cpu) is { } engine)
        {
            await ReportReap(cpu, task, engine);
            await engine.Put(cpu);
        }
    }
}
