using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Signals;

/// <summary>What a parent is told of its children: SIGCHLD and a wake-up. Source: kernel/signal.c.</summary>
[Immutable]
public sealed class ParentNotice(LinuxKernel kernel)
{
    /// <summary>do_notify_parent(): tells the parent of a death; a child that nobody wants reaps itself.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="task">A thread group leader that is the last of its group, or traced.</param>
    /// <param name="signal">What to send; 0 for nothing.</param>
    /// <remarks>
    /// Context: any; does not sleep. Locks: tasklist_lock for writing; takes the parent's siglock.
    /// Returns: what was sent, or <see cref="DeathAction.Reap"/>; then exit_signal is -1 too.
    /// </remarks>
    public async Op<int> OfDeath(Cpu cpu, TaskStruct task, int signal)
    {
        TaskStruct? parent = task.Parent.Get(cpu);
        if (parent is null)
        {
            // Nobody's child, as the first task of a small world is.
            task.ExitSignal.Set(cpu, DeathAction.Reap);
            return DeathAction.Reap;
        }

        int code = task.ExitCode.Get(cpu);
        SigInfo info = AboutChild(cpu, task, signal, DeathCode(code), (code & 0x7f) != 0 ? code & 0x7f : code >> 8);
        SighandStruct sighand = (await cpu.ReadOnce(parent.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        int answer = signal;
        if (signal == Abi.Signals.SIGCHLD && task.Ptrace.Get(cpu) == PtraceFlags.None)
        {
            SigAction action = sighand.Action.Get(cpu)![Abi.Signals.SIGCHLD];
            if (action.IsIgnore || (action.Flags & SaFlags.NoCldWait) != SaFlags.None)
            {
                // POSIX: such a parent does not want zombies. With SA_NOCLDWAIT it still gets the signal.
                answer = DeathAction.Reap;
                task.ExitSignal.Set(cpu, DeathAction.Reap);
                signal = action.IsIgnore ? 0 : signal;
            }
        }

        if (signal > 0 && Abi.Signals.IsValid(signal))
        {
            await kernel.Send.Send(cpu, signal, info, SignalSource.Info, parent, group: true);
        }

        await WakeUpParent(cpu, parent);
        await sighand.Siglock.Release(cpu);
        return answer;
    }

    /// <summary>do_notify_parent_cldstop(): tells the parent that a group stopped or went on.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="task">A thread of the group.</param>
    /// <param name="why">CLD_STOPPED or CLD_CONTINUED.</param>
    /// <remarks>Context: any; does not sleep. Locks: tasklist_lock; takes the parent's siglock.</remarks>
    public async Op OfJobControl(Cpu cpu, TaskStruct task, int why)
    {
        bool traced = task.Ptrace.Get(cpu) != PtraceFlags.None;
        TaskStruct child = traced ? task : task.GroupLeader.Get(cpu)!;
        TaskStruct? parent = traced ? task.Parent.Get(cpu) : child.RealParent.Get(cpu);
        if (parent is null)
        {
            return;
        }

        int status = why == SiCode.Continued
            ? Abi.Signals.SIGCONT
            : await cpu.ReadOnce(task.Signal.GroupExitCode) & 0x7f;
        SigInfo info = AboutChild(cpu, child, Abi.Signals.SIGCHLD, why, status);
        SighandStruct sighand = (await cpu.ReadOnce(parent.Sighand))!;
        await sighand.Siglock.Acquire(cpu);
        SigAction action = sighand.Action.Get(cpu)![Abi.Signals.SIGCHLD];
        if (!action.IsIgnore && (action.Flags & SaFlags.NoCldStop) == SaFlags.None)
        {
            await kernel.Send.Send(cpu, Abi.Signals.SIGCHLD, info, SignalSource.Info, parent, group: true);
        }

        // Even a parent that wants no SIGCHLD may wait.
        await WakeUpParent(cpu, parent);
        await sighand.Siglock.Release(cpu);
    }

    /// <summary>__wake_up_parent(): wakes the threads of a group that wait for children.</summary>
    public static Op WakeUpParent(Cpu cpu, TaskStruct parent) => parent.Signal.WaitChildExit.WakeUpInterruptible(cpu);

    private static int DeathCode(int exitCode)
        => (exitCode & 0x80) != 0 ? SiCode.Dumped : (exitCode & 0x7f) != 0 ? SiCode.Killed : SiCode.Exited;

    private static SigInfo AboutChild(Cpu cpu, TaskStruct child, int signal, int code, int status)
        => new(signal, code) { Pid = child.Pid.Get(cpu), Status = status };
}
