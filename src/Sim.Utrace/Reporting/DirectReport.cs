using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// The callbacks of a pass in direct mode, for the case that it is made for: callbacks that answer RESUME at once, and
/// nothing else to do. It takes the steps of <see cref="ReportPass"/> in one loop without a routine for each; as
/// soon as anything else turns up, <see cref="ReportPass"/> goes on from where it stands. That both do the same is
/// tested with random engines.
/// </summary>
[Immutable]
internal sealed class DirectReport(UtraceCore core)
{
    /// <summary>Reports an event for which finish_report() is all that follows.</summary>
    /// <remarks>Context: current, in direct mode; may sleep. Locks: none.</remarks>
    internal Op Report<TEvent>(Cpu cpu, TaskStruct task, TEvent happened)
        where TEvent : struct, IReportedEvent
    {
        var utrace = (UtraceStruct)task.Utrace.Peek!;
        DirectWalk walk = default;
        return Walk(cpu, utrace, happened, ref walk) ? Op.Done : Finish(cpu, task, utrace, happened, walk);
    }

    /// <summary>start_report() and the callbacks, from the first in turn to the last.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="utrace">The task's engines.</param>
    /// <param name="happened">The event.</param>
    /// <param name="walk">How far it came; not set before.</param>
    /// <remarks>Context: current, in direct mode; does not sleep. Locks: none.</remarks>
    /// <returns>
    /// Whether the pass is over with finish_report() having nothing to do; if not, <see cref="GoOn"/> has to follow.
    /// </returns>
    internal bool Walk<TEvent>(Cpu cpu, UtraceStruct utrace, TEvent happened, ref DirectWalk walk)
        where TEvent : struct, IReportedEvent
    {
        if (utrace.PendingAttach.Peek || utrace.Resume.Peek != ResumeAction.Resume)
        {
            return false;
        }

        int result = 0;
        bool spurious = true;
        ReadOnlySpan<UtraceEngine> engines = utrace.Attached.PeekItems;
        for (int i = 0; i < engines.Length; i++)
        {
            UtraceEngine engine = engines[TEvent.NewestFirst ? engines.Length - 1 - i : i];
            cpu.StoreNow(utrace.Reporting, engine);
            cpu.FenceNow(); // M5
            UtraceEvents want = engine.Flags.Peek;
            EngineOps ops = engine.Ops.Peek!;
            if ((want & UtraceEvents.EngineStop) != UtraceEvents.None || ReferenceEquals(ops, core.Detached))
            {
                return walk.LeaveAt(DirectTurn.Engine, i, result, spurious);
            }

            if ((want & UtraceEvents.Quiesce) != UtraceEvents.None)
            {
                Op<Verdict> answer = ops.ReportQuiesce(cpu, ResumeAction.Resume, engine, happened.Event);
                if (!IsPlain(answer, engine, ops, out Verdict verdict))
                {
                    return walk.LeaveIn(DirectTurn.Quiesce, i, result, spurious, ops, answer);
                }

                // No other fiber runs between reporting=NULL and reporting=E, so the first is left out.
                result = verdict.Bits;
                cpu.StoreNow(utrace.Reporting, engine);
                cpu.FenceNow(); // M5b
                want = engine.Flags.Peek;
            }

            if ((want & happened.Event) != UtraceEvents.None)
            {
                spurious = false;
                Op<Verdict> answer = happened.Call(ops, cpu, new Verdict(ResumeAction.Resume, result), engine);
                if (!IsPlain(answer, engine, ops, out Verdict verdict))
                {
                    return walk.LeaveIn(DirectTurn.Event, i, result, spurious, ops, answer);
                }

                result = verdict.Bits;
            }

            cpu.StoreNow(utrace.Reporting, null);
        }

        walk.LeaveAt(DirectTurn.End, engines.Length, result, spurious);
        return !spurious && utrace.Resume.Peek == ResumeAction.Resume;
    }

    /// <summary>The rest of the callbacks of a pass that was not plain to its end.</summary>
    /// <remarks>Context: current; may sleep. Locks: none.</remarks>
    /// <returns>The books of the pass, for finish_report().</returns>
    internal async Op<Report> GoOn<TEvent>(Cpu cpu, TaskStruct task, UtraceStruct utrace, TEvent happened, DirectWalk walk)
        where TEvent : struct, IReportedEvent
    {
        Report report = walk.SoFar;
        int next = walk.Index;
        if (walk.Turn == DirectTurn.Start)
        {
            await core.Passes.StartReport(cpu, utrace);
        }
        else if (walk.Turn is DirectTurn.Quiesce or DirectTurn.Event)
        {
            Verdict verdict = await walk.Answer;
            UtraceEngine engine = utrace.Attached.At(cpu, PlaceOf<TEvent>(cpu, utrace, next));
            (report, bool detached) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
            if (walk.Turn == DirectTurn.Quiesce && !detached)
            {
                UtraceEvents want = await core.Passes.LookAgain(cpu, utrace, engine);
                (report, EngineOps? called) = await core.Passes.Decide(cpu, utrace, report, want, walk.Ops!, happened.Event);
                if (called is not null)
                {
                    verdict = await happened.Call(called, cpu, report.Verdict, engine);
                    (report, _) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
                }
            }

            next++;
        }

        return TEvent.NewestFirst
            ? await core.Syscalls.WalkReverse(cpu, task, utrace, report, happened, next)
            : await core.Passes.WalkFrom(cpu, task, utrace, report, happened, next);
    }

    private static int PlaceOf<TEvent>(Cpu cpu, UtraceStruct utrace, int index)
        where TEvent : struct, IReportedEvent
        => TEvent.NewestFirst ? utrace.Attached.Count(cpu) - 1 - index : index;

    /// <summary>Whether finish_callback() has nothing to do for an answer but to note its bits.</summary>
    private static bool IsPlain(Op<Verdict> answer, UtraceEngine engine, EngineOps ops, out Verdict verdict)
    {
        OpAwaiter<Verdict> awaiter = answer.GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            verdict = default;
            return false;
        }

        verdict = awaiter.GetResult();
        return verdict.Resume == ResumeAction.Resume && ReferenceEquals(engine.Ops.Peek, ops) &&
            (engine.Flags.Peek & UtraceEvents.EngineStop) == UtraceEvents.None;
    }

    private async Op Finish<TEvent>(Cpu cpu, TaskStruct task, UtraceStruct utrace, TEvent happened, DirectWalk walk)
        where TEvent : struct, IReportedEvent
    {
        Report report = await GoOn(cpu, task, utrace, happened, walk);
        await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: true);
    }
}
