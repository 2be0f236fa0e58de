using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// The events that are reported to the engines one after the other in the order in which they were attached.
/// Source: spec section 4.1 (the generic report) and the table of section 4.3.
/// </summary>
[Immutable]
internal sealed class EventReports(UtraceCore core)
{
    /// <summary>utrace_report_clone(): there is a child, which does not run yet.</summary>
    /// <remarks>
    /// Context: current, the parent; sleeps. Locks: none. A STOP for vfork waits until the child has been woken;
    /// any other takes effect on the way to user mode.
    /// </remarks>
    internal async Op ReportClone(Cpu cpu, TaskStruct task, CloneFlags flags, TaskStruct child)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        utrace.SetCloning(cpu, child);
        Report report = await core.Passes.Walk(cpu, task, utrace, new CloneEvent(flags, child));
        await FinishClone(cpu, task, utrace, flags, report);
    }

    /// <summary><see cref="ReportClone"/> in direct mode.</summary>
    /// <remarks>Context: current, the parent, in direct mode; sleeps. Locks: none.</remarks>
    internal Op ReportCloneDirect(Cpu cpu, TaskStruct task, CloneFlags flags, TaskStruct child)
    {
        var utrace = (UtraceStruct)task.Utrace.Peek!;
        var happened = new CloneEvent(flags, child);
        DirectWalk walk = default;
        utrace.SetCloning(cpu, child);
        if (!core.Direct.Walk(cpu, utrace, happened, ref walk))
        {
            return GoOnCloning(cpu, task, utrace, happened, walk);
        }

        utrace.SetCloning(cpu, null);
        return Op.Done;
    }

    private async Op GoOnCloning(Cpu cpu, TaskStruct task, UtraceStruct utrace, CloneEvent happened, DirectWalk walk)
    {
        Report report = await core.Direct.GoOn(cpu, task, utrace, happened, walk);
        await FinishClone(cpu, task, utrace, happened.Flags, report);
    }

    private async Op FinishClone(Cpu cpu, TaskStruct task, UtraceStruct utrace, CloneFlags flags, Report report)
    {
        bool vfork = (flags & CloneFlags.Vfork) != CloneFlags.None;
        utrace.SetCloning(cpu, null);
        report = await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: !vfork);
        if (vfork && report.Action == ResumeAction.Stop && cpu.Makes(UtraceSites.Checks.VforkStop))
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            utrace.VforkStop.Set(cpu, true);
            await utrace.Lock.Release(cpu);
        }
    }

    /// <summary>utrace_finish_vfork(): the child runs; an engine may want the parent stopped before it waits.</summary>
    /// <remarks>Context: current, the parent; sleeps. Locks: none.</remarks>
    internal async Op FinishVfork(Cpu cpu, TaskStruct task)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        if (utrace.VforkStop.Get(cpu))
        {
            await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Report);
            utrace.VforkStop.Set(cpu, false);
            await utrace.Lock.Release(cpu);
            await core.Stopping.Stop(cpu, task, utrace, ResumeAction.Resume);
        }
    }

    /// <summary>utrace_report_jctl(): the group stops or goes on.</summary>
    /// <remarks>Context: current; sleeps. Locks: siglock on entry and on return, not in between.</remarks>
    internal async Op ReportJctl(Cpu cpu, TaskStruct task, SighandStruct sighand, int notify, int why)
    {
        await sighand.Siglock.Release(cpu);
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        await core.Passes.Report(cpu, task, utrace, new JctlEvent(why, notify), willNotStop: true);
        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.Jctl);
    }

    /// <summary>utrace_report_exit(): a STOP holds the task right there, before anything is torn down.</summary>
    /// <remarks>Context: current, first thing in do_exit(); sleeps. Locks: none. Returns: the exit code.</remarks>
    internal async Op<int> ReportExit(Cpu cpu, TaskStruct task, int code)
    {
        UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
        utrace.ExitCode.Set(cpu, code);
        Report report = await core.Passes.Walk(cpu, task, utrace, new ExitEvent(code, utrace.ExitCode));
        return await FinishExit(cpu, task, utrace, report);
    }

    /// <summary><see cref="ReportExit"/> in direct mode.</summary>
    /// <remarks>Context: current, first thing in do_exit(), in direct mode; sleeps. Locks: none. Returns: the exit code.</remarks>
    internal Op<int> ReportExitDirect(Cpu cpu, TaskStruct task, int code)
    {
        var utrace = (UtraceStruct)task.Utrace.Peek!;
        utrace.ExitCode.Set(cpu, code);
        var happened = new ExitEvent(code, utrace.ExitCode);
        DirectWalk walk = default;
        return core.Direct.Walk(cpu, utrace, happened, ref walk)
            ? Op<int>.Of(utrace.ExitCode.Get(cpu))
            : GoOnExiting(cpu, task, utrace, happened, walk);
    }

    private async Op<int> GoOnExiting(Cpu cpu, TaskStruct task, UtraceStruct utrace, ExitEvent happened, DirectWalk walk)
    {
        Report report = await core.Direct.GoOn(cpu, task, utrace, happened, walk);
        return await FinishExit(cpu, task, utrace, report);
    }

    private async Op<int> FinishExit(Cpu cpu, TaskStruct task, UtraceStruct utrace, Report report)
    {
        report = await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: true);
        if (report.Action == ResumeAction.Stop && cpu.Makes(UtraceSites.Checks.ExitStop))
        {
            await core.Stopping.Stop(cpu, task, utrace, report.ResumeAction);
        }

        return utrace.ExitCode.Get(cpu);
    }
}
