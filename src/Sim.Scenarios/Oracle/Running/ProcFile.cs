using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>What /proc says of a task. Source: fs/proc/array.c.</summary>
internal static class ProcFile
{
    private const char Gone = '-';

    /// <summary>The state letter of a number, for observers; '-' when there is no such task.</summary>
    internal static char PeekState(LinuxKernel kernel, long pid)
    {
        char found = Gone;
        foreach (MachineObject item in kernel.Machine.PeekObjects())
        {
            if (item is TaskStruct { IsFreed: false } task && task.Pid.Peek == pid && task.ThreadPid.Peek is not null)
            {
                char letter = Letter(task.State.Peek, task.ExitState.Peek);
                found = letter == Gone ? found : letter;
            }
        }

        return found;
    }

    internal static bool Holds(char letter, Await condition) => condition.Condition switch
    {
        TaskCondition.Sleeping => letter == 'S',
        TaskCondition.Running => letter == 'R',
        TaskCondition.Zombie => letter == 'Z',
        TaskCondition.Gone => letter == Gone,
        TaskCondition.InState => condition.States.Contains(letter, StringComparison.Ordinal),
        TaskCondition.PtraceStop or _ => throw new NotSupportedException("needs ptrace"),
    };

    /// <summary>The "State:" of /proc/PID/status.</summary>
    internal static async Op<string> State(Cpu cpu, LinuxKernel kernel, long pid)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        TaskStruct? task = await kernel.Pids.FindTask(cpu, (int)pid);
        char letter = task is null ? Gone : Letter(await cpu.Load(task.State), await cpu.Load(task.ExitState));
        await kernel.Tasklist.ReleaseRead(cpu);
        return letter switch
        {
            'R' => "R (running)",
            'S' => "S (sleeping)",
            'D' => "D (disk sleep)",
            'T' => "T (stopped)",
            'Z' => "Z (zombie)",
            _ => "(no such process)",
        };
    }

    /// <summary>"PPid:" as a number; -1 when there is no such task.</summary>
    internal static async Op<long> Parent(Cpu cpu, LinuxKernel kernel, long pid)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        TaskStruct? task = await kernel.Pids.FindTask(cpu, (int)pid);
        long parent = task is null ? -1 : task.RealParent.Get(cpu)?.Tgid ?? 0;
        await kernel.Tasklist.ReleaseRead(cpu);
        return parent;
    }

    /// <summary>"SigPnd:" and "ShdPnd:".</summary>
    internal static async Op<(bool Found, SigSet Own, SigSet Shared)> Pending(Cpu cpu, LinuxKernel kernel, long pid)
    {
        await kernel.Tasklist.AcquireRead(cpu);
        TaskStruct? task = await kernel.Pids.FindTask(cpu, (int)pid);
        SigSet own = task is null ? default : await cpu.Load(task.Pending.Signal);
        SigSet shared = task is null ? default : await cpu.Load(task.Signal.SharedPending.Signal);
        await kernel.Tasklist.ReleaseRead(cpu);
        return (task is not null, own, shared);
    }

    private static char Letter(TaskState state, ExitState exit)
    {
        if (exit != ExitState.Alive)
        {
            return exit == ExitState.Zombie ? 'Z' : Gone;
        }

        return (state & (TaskState.StoppedBit | TaskState.TracedBit)) != TaskState.Running ? 'T'
            : (state & TaskState.Interruptible) != TaskState.Running ? 'S'
            : (state & TaskState.Uninterruptible) != TaskState.Running ? 'D'
            : 'R';
    }
}
