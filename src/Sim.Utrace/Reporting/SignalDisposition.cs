using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// The end of a signal report: what the engines decided, said to the kernel as a signal whose default action or
/// handler does it. Source: spec section 4.6, step 5.
/// </summary>
[Immutable]
internal sealed class SignalDisposition(UtraceCore core)
{
    /// <summary>Applies the verdict on a signal.</summary>
    /// <remarks>
    /// Context: current; sleeps if an engine stops the task. Locks: none on entry; siglock unless the answer is
    /// less than 0.
    /// </remarks>
    internal async Op<SignalVerdict> Apply(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, SighandStruct sighand, Report report, SignalReport signal)
    {
        var verdict = new Verdict(report.Action, report.Result);
        switch (verdict.Signal)
        {
            case SignalAction.Terminate:
                return await Default(cpu, task, utrace, sighand, report, signal.Info, Kernel.Abi.Signals.SIGTERM);

            case SignalAction.Core:
                return await Default(cpu, task, utrace, sighand, report, signal.Info, Kernel.Abi.Signals.SIGQUIT);

            case SignalAction.Stop:
                return await Default(cpu, task, utrace, sighand, report, signal.Info, Kernel.Abi.Signals.SIGSTOP);

            case SignalAction.TerminalStop:
                return await Default(cpu, task, utrace, sighand, report, signal.Info, Kernel.Abi.Signals.SIGTSTP);

            case SignalAction.Deliver when IsHandled(signal.Action):
                return await Handler(cpu, task, utrace, sighand, report, signal);

            case SignalAction.Deliver when
                signal.Action.IsDefault && !Kernel.Abi.Signals.KernelIgnore.Contains(signal.Info.Signo):
                return await Default(cpu, task, utrace, sighand, report, signal.Info, signal.Info.Signo);

            case SignalAction.Deliver or SignalAction.Ignore or SignalAction.Report or SignalAction.Handler or SignalAction.Hold:
            default:
                return await Ignored(cpu, task, utrace, sighand, report, signal.Info);
        }
    }

    private static bool IsHandled(SigAction action) => action is { IsDefault: false, IsIgnore: false };

    /// <summary>The signal goes to a handler; a stop or step comes after the frame is built.</summary>
    private async Op<SignalVerdict> Handler(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, SighandStruct sighand, Report report, SignalReport signal)
    {
        if (report.Action != ResumeAction.Resume)
        {
            report = report with { Action = ResumeAction.Interrupt };
        }

        await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: true);
        if (new Verdict(report.Action, report.Result).Holds)
        {
            await PutBack(cpu, task, sighand, signal.Info);
        }

        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.Signal);
        return new SignalVerdict(signal.Info.Signo, signal.Info, signal.Action);
    }

    /// <summary>Nothing is delivered; the task may stop here, as on the way to user mode.</summary>
    private async Op<SignalVerdict> Ignored(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, SighandStruct sighand, Report report, SigInfo info)
    {
        await core.Passes.FinishResumeReport(cpu, task, utrace, report);
        if (await Scheduling.FatalSignalPending(cpu, task))
        {
            // Any other signal would change what the engines left: only the one that ends the task is taken.
            await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.Signal);
            SigSet mask = cpu.Makes(UtraceSites.Checks.OnlySigkill)
                ? ~SigSet.Empty.With(Kernel.Abi.Signals.SIGKILL)
                : task.Blocked.Get(cpu);
            DequeuedSignal kill = await task.Kernel.Pending.Dequeue(cpu, task, mask);
            return new SignalVerdict(kill.Signal, kill.Info, SigAction.Default);
        }

        if (new Verdict(report.Action, report.Result).Holds)
        {
            await PutBack(cpu, task, sighand, info);
        }

        return SignalVerdict.Again;
    }

    /// <summary>What a representative signal does by default is done.</summary>
    private async Op<SignalVerdict> Default(
        Cpu cpu, TaskStruct task, UtraceStruct utrace, SighandStruct sighand, Report report, SigInfo info, int signal)
    {
        await core.Passes.FinishReport(cpu, task, utrace, report, willNotStop: true);
        if ((info.Signo & 0x80) != 0)
        {
            // It becomes the exit code, where this bit says that core was dumped.
            info = info with { Signo = Kernel.Abi.Signals.SIGTRAP };
        }

        if (new Verdict(report.Action, report.Result).Holds)
        {
            await PutBack(cpu, task, sighand, info);
        }

        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.Signal);
        if (Kernel.Abi.Signals.KernelStop.Contains(signal))
        {
            SignalFlags flags = await cpu.Load(task.Signal.Flags);
            await cpu.Store(task.Signal.Flags, flags | SignalFlags.StopDequeued);
        }

        return new SignalVerdict(signal, info, SigAction.Default);
    }

    private static async Op PutBack(Cpu cpu, TaskStruct task, SighandStruct sighand, SigInfo info)
    {
        if (info.Signo == 0)
        {
            return;
        }

        await sighand.Siglock.Acquire(cpu, UtraceSites.Siglock.Signal);
        await task.Kernel.Pending.PutBack(cpu, task, info);
        await sighand.Siglock.Release(cpu);
    }
}
