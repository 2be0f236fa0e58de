using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Lifecycle;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.Reporting;
using Sim.Utrace.State;

namespace Sim.Utrace.Hooks;

/// <summary>
/// The tracehook contract, kept by utrace. Each hook tests <c>utrace_flags</c> without a lock and does
/// nothing when no engine could care. Source: spec sections 4.3, 4.7.
/// </summary>
[Immutable]
internal sealed class UtraceHooks(UtraceCore core) : ITracehook
{
    public Op<bool> PrepareClone(Cpu cpu, CloneFlags flags) => Op<bool>.Of(false);

    public Op FinishClone(Cpu cpu, TaskStruct child, CloneFlags flags)
    {
        PtraceLinks.InitTask(cpu, child, flags);
        return Op.Done;
    }

    public Op ReportClone(Cpu cpu, CloneFlags flags, int pid, TaskStruct child)
    {
        TaskStruct task = cpu.Task();
        return !cpu.Machine.IsDirect ? ReportCloneStepwise(cpu, task, flags, child) :
            WantsNow(task, UtraceEvents.Clone) ? core.Events.ReportCloneDirect(cpu, task, flags, child) : Op.Done;
    }

    private async Op ReportCloneStepwise(Cpu cpu, TaskStruct task, CloneFlags flags, TaskStruct child)
    {
        if (await Wants(cpu, task, UtraceEvents.Clone))
        {
            await core.Events.ReportClone(cpu, task, flags, child);
        }
    }

    public async Op ReportCloneComplete(Cpu cpu, bool traced, CloneFlags flags, int pid)
    {
        TaskStruct task = cpu.Task();
        if ((flags & CloneFlags.Vfork) != CloneFlags.None && await Wants(cpu, task, core.Variant.StopsVfork))
        {
            await core.Events.FinishVfork(cpu, task);
        }
    }

    public Op ReportVforkDone(Cpu cpu, int pid) => Op.Done;

    public Op ReportExec(Cpu cpu) => Report(cpu, default(ExecEvent));

    public Op<bool> ReportSyscallEntry(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        return !cpu.Machine.IsDirect ? ReportEntryStepwise(cpu, task) :
            WantsNow(task, UtraceEvents.SyscallEntry) ? core.Syscalls.ReportEntryDirect(cpu, task) : Op<bool>.Of(false);
    }

    private async Op<bool> ReportEntryStepwise(Cpu cpu, TaskStruct task)
        => await Wants(cpu, task, UtraceEvents.SyscallEntry) && await core.Syscalls.ReportEntry(cpu, task);

    public Op ReportSyscallExit(Cpu cpu) => Report(cpu, default(SyscallExitEvent));

    public Op<bool> ConsiderIgnoredSignal(Cpu cpu, TaskStruct task, int signal)
        => cpu.Makes(UtraceSites.Checks.ConsiderIgnored)
            ? Wants(cpu, task, UtraceEvents.SignalIgnored)
            : Op<bool>.Of(false);

    public Op<bool> ConsiderFatalSignal(Cpu cpu, TaskStruct task, int signal)
        => cpu.Makes(UtraceSites.Checks.ConsiderFatal)
            ? Wants(cpu, task, UtraceEvents.SignalTerminate | UtraceEvents.SignalCore)
            : Op<bool>.Of(false);

    public async Op<bool> ForceSigpending(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        return await cpu.ReadOnce(task.UtraceFlags) != UtraceEvents.None &&
            await core.Locking.TaskUtraceStruct(cpu, task) is { } utrace &&
            await cpu.ReadOnce(utrace.Resume) == ResumeAction.Interrupt; // M10
    }

    public async Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand)
    {
        TaskStruct task = cpu.Task();
        return await cpu.ReadOnce(task.UtraceFlags) == UtraceEvents.None
            ? default
            : await core.Signals.GetSignal(cpu, task, sighand);
    }

    public async Op SignalHandler(Cpu cpu, int signal, SigInfo info)
    {
        TaskStruct task = cpu.Task();
        if (await cpu.ReadOnce(task.UtraceFlags) != UtraceEvents.None)
        {
            ThreadFlags flags = await cpu.ReadOnce(task.ThreadFlags);
            await core.Resumes.SignalHandler(cpu, task, (flags & ThreadFlags.SingleStep) != ThreadFlags.None);
        }
    }

    public async Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why)
    {
        TaskStruct task = cpu.Task();
        if (core.Variant.ReportsJctl && await Wants(cpu, task, UtraceEvents.Jctl))
        {
            await core.Events.ReportJctl(cpu, task, sighand, notify, why);
        }

        return notify;
    }

    public async Op FinishJctl(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        if (await cpu.ReadOnce(task.UtraceFlags) != UtraceEvents.None)
        {
            await core.Stopping.FinishStop(cpu, task, (await core.Locking.TaskUtraceStruct(cpu, task))!);
        }
    }

    public Op<int> ReportExit(Cpu cpu, int exitCode)
    {
        TaskStruct task = cpu.Task();
        return !cpu.Machine.IsDirect ? ReportExitStepwise(cpu, task, exitCode) :
            WantsNow(task, UtraceEvents.Exit) ? core.Events.ReportExitDirect(cpu, task, exitCode) : Op<int>.Of(exitCode);
    }

    private async Op<int> ReportExitStepwise(Cpu cpu, TaskStruct task, int exitCode)
        => await Wants(cpu, task, UtraceEvents.Exit)
            ? await core.Events.ReportExit(cpu, task, exitCode)
            : exitCode;

    public int NotifyDeath(Cpu cpu, TaskStruct task, bool groupDead) => DeathAction.Of(cpu, task);

    public async Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead)
    {
        if (core.Variant.FencesDeathReport)
        {
            await cpu.SmpMb(UtraceSites.DeathInterlock.ReportDeath); // M6
        }

        // Ordered after a set_events() that won the race for tasklist_lock by that lock (M6).
        if (await Wants(cpu, task, UtraceEvents.DeathEvents))
        {
            await core.Deaths.ReportDeath(cpu, task, groupDead, signal);
        }
    }

    public async Op PrepareReleaseTask(Cpu cpu, TaskStruct task)
    {
        // An attacher that does not see EXIT_DEAD has set utrace_flags before we look.
        await cpu.SmpMb(UtraceSites.AttachVsRelease.Release); // M1
        if (await cpu.ReadOnce(task.UtraceFlags) != UtraceEvents.None)
        {
            UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
            await core.Reaping.MaybeReap(cpu, task, utrace, reap: true);
        }
    }

    public async Op FinishReleaseTask(Cpu cpu, TaskStruct task)
    {
        if (await cpu.ReadOnce(task.ExitState) != ExitState.Dead)
        {
            task.Machine.Violate("BUG", $"release_task of {task}, which is not EXIT_DEAD");
        }

        await PtraceLinks.Unlink(cpu, task);
    }

    public async Op NotifyResume(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        await cpu.Fence(UtraceSites.NotifyResume.Read, core.Variant.NotifyResumeFence); // M7
        if (await cpu.ReadOnce(task.UtraceFlags) != UtraceEvents.None)
        {
            await core.Resumes.Resume(cpu, task);
        }
    }

    public async Op FreeTask(Cpu cpu, TaskStruct task)
    {
        TaskTrace? trace = await cpu.ReadOnce(task.Utrace);
        if (trace is UtraceStruct utrace)
        {
            await cpu.Free(utrace);
        }
    }

    /// <summary>A report after which nothing follows: what the dispatch benchmarks measure.</summary>
    private Op Report<TEvent>(Cpu cpu, TEvent happened)
        where TEvent : struct, IReportedEvent
    {
        TaskStruct task = cpu.Task();
        if (!cpu.Machine.IsDirect)
        {
            return ReportStepwise(cpu, task, happened);
        }

        return WantsNow(task, happened.Event) ? core.Direct.Report(cpu, task, happened) : Op.Done;
    }

    private async Op ReportStepwise<TEvent>(Cpu cpu, TaskStruct task, TEvent happened)
        where TEvent : struct, IReportedEvent
    {
        if (await Wants(cpu, task, happened.Event))
        {
            UtraceStruct utrace = (await core.Locking.TaskUtraceStruct(cpu, task))!;
            await core.Passes.Report(cpu, task, utrace, happened, willNotStop: true);
        }
    }

    /// <summary><see cref="Wants"/> in direct mode.</summary>
    private static bool WantsNow(TaskStruct task, UtraceEvents events)
        => (task.UtraceFlags.Peek & events) != UtraceEvents.None;

    private static async Op<bool> Wants(Cpu cpu, TaskStruct task, UtraceEvents events)
        => (await cpu.ReadOnce(task.UtraceFlags) & events) != UtraceEvents.None;
}
