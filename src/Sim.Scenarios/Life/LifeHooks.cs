using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Scenarios.Life;

/// <summary>Watches releases and group stops from where a tracing layer would.</summary>
internal sealed class LifeHooks(SimMachine machine) : TracehookDecorator(machine, new NoTracing(), "life")
{
    public override async Op FinishReleaseTask(Cpu cpu, TaskStruct task)
    {
        bool dead = await cpu.Load(task.ExitState) == ExitState.Dead;
        bool gone = await cpu.Load(task.Sighand) is null;
        if (!dead || gone || !await MayRelease(cpu, cpu.Task(), task))
        {
            Machine.Violate(
                LifeLaws.ReapedOnce.Name,
                $"{LifeLaws.ReapedOnce.Sentence} But {cpu.Task()} releases {task}{(dead ? "" : ", which is not EXIT_DEAD")}" +
                $"{(gone ? ", which has been released" : "")}.");
        }
    }

    public override async Op<int> NotifyJctl(Cpu cpu, SighandStruct sighand, int notify, int why)
    {
        if (notify == SiCode.Stopped && !cpu.Machine.IsDirect)
        {
            // Its own flag may still be in its store buffer; what others stored under siglock is in memory.
            bool exiting = (await cpu.Load(cpu.Task().Flags) & TaskFlags.Exiting) != TaskFlags.None;
            CheckStopped(cpu, cpu.Task(), exiting);
        }

        return await base.NotifyJctl(cpu, sighand, notify, why);
    }

    private static async Op<bool> MayRelease(Cpu cpu, TaskStruct releaser, TaskStruct task)
    {
        if (releaser.IsInGroupOf(task) || (task.RealParent.Get(cpu) is { } parent && releaser.IsInGroupOf(parent)))
        {
            return true;
        }

        // A parent that dies releases the zombies that its heir does not want.
        return task.IsDetached(cpu) && (await cpu.Load(releaser.Flags) & TaskFlags.Exiting) != TaskFlags.None;
    }

    /// <summary>The last thread is about to stop, siglock held: all others must have.</summary>
    private void CheckStopped(Cpu cpu, TaskStruct last, bool exiting)
    {
        SignalStruct shared = last.Signal;
        int left = shared.GroupStopCount.Get(cpu);
        bool balanced = left == (exiting ? 0 : 1);
        for (int i = 0; i < shared.Threads.Count(cpu); i++)
        {
            TaskStruct thread = shared.Threads.At(cpu, i);
            balanced &= ReferenceEquals(thread, last) ||
                (thread.Flags.Peek & TaskFlags.Exiting) != TaskFlags.None ||
                (thread.State.Peek & (TaskState.StoppedBit | TaskState.TracedBit)) != TaskState.Running;
        }

        if (!balanced)
        {
            Machine.Violate(
                LifeLaws.StopBalance.Name,
                FormattableString.Invariant($"{LifeLaws.StopBalance.Sentence} But {last} reports a stop with {left} to wait for."));
        }
    }
}
