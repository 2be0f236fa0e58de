using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// The generic report in direct mode, for the case that it is made for: callbacks that answer RESUME at once, and
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
        if (utrace.PendingAttach.Peek || utrace.Resume.Peek != ResumeAction.Resume)
        {
            return Stepwise(cpu, task, utrace, happened);
        }

        int result = 0;
        bool spurious = true;
        ReadOnlySpan<UtraceEngine> engines = utrace.Attached.PeekItems;
        for (int i = 0; i < engines.Length; i++)
        {
            UtraceEngine engine = engines[i];
            cpu.StoreNow(utrace.Reporting, engine);
            cpu.FenceNow(); // M5
            UtraceEvents want = engine.Flags.Peek;
            EngineOps ops = engine.Ops.Peek!;
            if ((want & UtraceEvents.EngineStop) != UtraceEvents.None)
            {
                return From(cpu, task, utrace, SoFar(result, spurious), happened, i);
            }

            if ((want & UtraceEvents.Quiesce) != UtraceEvents.None)
            {
                Op<Verdict> answer = ops.ReportQuiesce(cpu, ResumeAction.Resume, engine, happened.Event);
                if (!IsPlain(answer, engine, ops, out Verdict verdict))
                {
                    return AfterQuiesce(cpu, task, utrace, SoFar(result, spurious), happened, i, ops, answer);
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
                Op<Verdict> answer = happened.Call(ops, cpu, ResumeAction.Resume, engine);
                if (!IsPlain(answer, engine, ops, out Verdict verdict))
                {
                    return AfterEvent(cpu, task, utrace, SoFar(result, spurious), happened, i, answer);
                }

                result = verdict.Bits;
            }

            cpu.StoreNow(utrace.Reporting, null);
        }

        return spurious || utrace.Resume.Peek != ResumeAction.Resume
            ? Finish(cpu, task, utrace, SoFar(result, spurious))
            : Op.Done;
    }

    /// <summary>The books of a pass in which every answer was RESUME.</summary>
    private static Report SoFar(int result, bool spurious)
        => Reporting.Report.Begin with { Result = result, Spurious = spurious };

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
            ops is not DetachedOps && (engine.Flags.Peek & UtraceEvents.EngineStop) == UtraceEvents.None;
    }

    private async Op Stepwise<TEvent>(Cpu cpu, TaskStruct task, UtraceStruct utrace, TEvent happened)
        where TEvent : struct, IReportedEvent
        => await core.Passes.Report(cpu, task, utrace, happened, willNotStop: true);

    private async Op From<TEvent>(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report, TEvent happened, int index)
        where TEvent : struct, IReportedEvent
    {
        report = await core.Passes.WalkFrom(cpu, task, utrace, report, happened, index);
        await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: true);
    }

    private async Op Finish(Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report)
        => await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: true);

    private async Op AfterQuiesce<TEvent>(
        Cpu cpu,
        TaskStruct task,
        UtraceStruct utrace,
        Report report,
        TEvent happened,
        int index,
        EngineOps ops,
        Op<Verdict> answer)
        where TEvent : struct, IReportedEvent
    {
        Verdict verdict = await answer;
        UtraceEngine engine = utrace.Attached.At(cpu, index);
        (report, bool detached) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
        if (!detached)
        {
            UtraceEvents want = await core.Passes.LookAgain(cpu, utrace, engine);
            (report, EngineOps? called) = await core.Passes.Decide(cpu, utrace, report, want, ops, happened.Event);
            if (called is not null)
            {
                verdict = await happened.Call(called, cpu, report.Action, engine);
                (report, _) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
            }
        }

        await From(cpu, task, utrace, report, happened, index + 1);
    }

    private async Op AfterEvent<TEvent>(
        Cpu cpu,
        TaskStruct task,
        UtraceStruct utrace,
        Report report,
        TEvent happened,
        int index,
        Op<Verdict> answer)
        where TEvent : struct, IReportedEvent
    {
        Verdict verdict = await answer;
        UtraceEngine engine = utrace.Attached.At(cpu, index);
        (report, _) = await core.Passes.FinishCallback(cpu, task, utrace, report, engine, verdict);
        await From(cpu, task, utrace, report, happened, index + 1);
    }
}
