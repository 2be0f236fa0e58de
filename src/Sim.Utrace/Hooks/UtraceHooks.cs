using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
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

    public Op FinishClone(Cpu cpu, TaskStruct child, CloneFlags flags) => Op.Done;

    public Op ReportClone(Cpu cpu, CloneFlags flags, int pid, TaskStruct child) => Op.Done;

    public Op ReportCloneComplete(Cpu cpu, bool traced, CloneFlags flags, int pid) => Op.Done;

    public Op ReportVforkDone(Cpu cpu, int pid) => Op.Done;

    public Op ReportExec(Cpu cpu) => Op.Done;

    public Op<bool> ReportSyscallEntry(Cpu cpu) => Op<bool>.Of(false);

    public Op ReportSyscallExit(Cpu cpu) => Op.Done;

    public Op<bool> ConsiderIgnoredSignal(Cpu cpu, TaskStruct task, int signal) => Op<bool>.Of(false);

    public Op<bool> ConsiderFatalSignal(Cpu cpu, TaskStruct task, int signal) => Op<bool>.Of(false);

    public Op<bool> ForceSigpending(Cpu cpu) => Op<bool>.Of(false);

    public Op<SignalVerdict> GetSignal(Cpu cpu, SighandStruct sighand) => Op<SignalVerdict>.Of(default);

    public Op SignalHandler(Cpu cpu, int signal, SigInfo info) => Op.Done;

    public Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why) => Op<int>.Of(notify);

    public Op FinishJctl(Cpu cpu) => Op.Done;

    public async Op<int> ReportExit(Cpu cpu, int exitCode)
    {
        TaskStruct task = cpu.Task();
        if ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.Exit) != UtraceEvents.None)
        {
            await core.Exits.ReportExit(cpu, task, exitCode);
        }

        return exitCode;
    }

    public int NotifyDeath(Cpu cpu, TaskStruct task, bool groupDead) => DeathAction.OfUntraced(cpu, task);

    public async Op ReportDeath(Cpu cpu, TaskStruct task, int signal, bool groupDead)
    {
        if (core.Variant.FencesDeathReport)
        {
            await cpu.SmpMb(UtraceSites.DeathInterlock.ReportDeath); // M6
        }

        // Ordered after a set_events() that won the race for tasklist_lock by that lock (M6).
        if ((await cpu.ReadOnce(task.UtraceFlags) & UtraceEvents.DeathEvents) != UtraceEvents.None)
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
            UtraceStruct utrace = (await core.TaskUtraceStruct(cpu, task))!;
            await core.Deaths.MaybeReap(cpu, task, utrace, reap: true);
        }
    }

    public async Op FinishReleaseTask(Cpu cpu, TaskStruct task)
    {
        if (await cpu.ReadOnce(task.ExitState) != ExitState.Dead)
        {
            task.Machine.Violate("BUG", $"release_task of {task}, which is not EXIT_DEAD");
        }
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
}
