using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>
/// A core dump: one thread dumps, all others are killed first and wait in exit until it is done. Source:
/// fs/exec.c do_coredump(), kernel/exit.c exit_mm().
/// </summary>
/// <remarks>The core file itself is not written; whether RLIMIT_CORE allows one decides the 0x80 of the status.</remarks>
[Immutable]
public sealed class Coredump(LinuxKernel kernel)
{
    /// <summary>do_coredump(): makes the whole group die of a signal, with the current task last to leave its memory.</summary>
    /// <remarks>
    /// Context: current; sleeps until every other thread waits. Locks: takes siglock.
    /// Returns: with nothing done when the group dies already; whoever was first decides its status.
    /// </remarks>
    public async Op DoCoredump(Cpu cpu, int signal)
    {
        TaskStruct task = cpu.Task();
        SignalStruct shared = task.Signal;
        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        if (await GroupStop.IsGroupExit(cpu, shared, await cpu.ReadOnce(shared.Flags)))
        {
            await sighand.Siglock.Release(cpu);
            return;
        }

        var state = new CoreState(kernel.Machine, task.Label);
        await cpu.WriteOnce(shared.CoreState, state);
        await cpu.WriteOnce(shared.GroupExitCode, signal);
        await cpu.WriteOnce(shared.Flags, SignalFlags.GroupExit);
        if (kernel.Options.HasStopsOf2005)
        {
            await sighand.Siglock.Release(cpu);
            await sighand.Siglock.Acquire(cpu);
        }

        int others = await ZapProcess(cpu, task, state);
        await sighand.Siglock.Release(cpu);
        if (others > 0)
        {
            await state.Startup.Wait(cpu);
        }

        bool allowed = (await cpu.ReadOnce(shared.Limits))![Resource.Core].Soft != 0;
        if (allowed)
        {
            await cpu.WriteOnce(shared.GroupExitCode, signal | 0x80);
        }

        await cpu.WriteOnce(shared.CoreState, null);
        await Finish(cpu, state);
    }

    /// <summary>The part of exit_mm() that waits for a core dump of the group.</summary>
    /// <remarks>Context: current, in do_exit(); sleeps. Locks: none.</remarks>
    public async Op ExitMm(Cpu cpu, TaskStruct task)
    {
        if (await GroupStop.IsAlone(cpu, task.Signal))
        {
            // Nobody is left who could dump.
            return;
        }

        SighandStruct sighand = await kernel.LockOwnSighand(cpu);
        CoreState? state = await cpu.ReadOnce(task.Signal.CoreState);
        task.HasMemory.Set(cpu, false);
        await sighand.Siglock.Release(cpu);
        if (state is not null)
        {
            await WaitForDump(cpu, task, state);
        }
    }

    private async Op WaitForDump(Cpu cpu, TaskStruct task, CoreState state)
    {
        var self = new CoreThread(kernel.Machine, task);
        await state.Lock.Acquire(cpu);
        state.Waiting.Add(cpu, self);
        await state.Lock.Release(cpu);
        if (await cpu.Rmw(state.Left, RmwKind.Add, -1) == 1)
        {
            await state.Startup.Complete(cpu);
        }

        // The dumper's state is gone once it has let us go: only our own word is looked at.
        await Scheduling.SetCurrentState(cpu, TaskState.Uninterruptible);
        while (await cpu.ReadOnce(self.Waits))
        {
            await Scheduling.Schedule(cpu, TaskState.Uninterruptible);
            await Scheduling.SetCurrentState(cpu, TaskState.Uninterruptible);
        }

        await cpu.WriteOnce(task.State, TaskState.Running);
        await cpu.Free(self);
    }

    /// <summary>zap_process(): the threads that still have memory are killed.</summary>
    private async Op<int> ZapProcess(Cpu cpu, TaskStruct task, CoreState state)
    {
        SignalStruct shared = task.Signal;
        shared.GroupStopCount.Set(cpu, 0);
        int others = 0;
        for (int i = 0; i < shared.Threads.Count(cpu); i++)
        {
            TaskStruct thread = shared.Threads.At(cpu, i);
            if (!ReferenceEquals(thread, task) && thread.HasMemory.Get(cpu))
            {
                await kernel.Send.AddSigkill(cpu, thread);
                others++;
            }
        }

        await cpu.WriteOnce(state.Left, others);
        return others;
    }

    /// <summary>coredump_finish(): the others may go on dying.</summary>
    private static async Op Finish(Cpu cpu, CoreState state)
    {
        await state.Lock.Acquire(cpu);
        while (state.Waiting.Count(cpu) > 0)
        {
            CoreThread waiting = state.Waiting.At(cpu, 0);
            TaskStruct thread = waiting.Task;
            state.Waiting.Remove(cpu, waiting);

            // Let go, a thread that has not gone to sleep again dies on its own, and nobody here counts as its user.
            await cpu.Task().Rcu.Lock(cpu);
            await cpu.Rmw(waiting.Waits, RmwKind.Exchange, false);
            await Scheduling.WakeUpProcess(cpu, thread);
            await cpu.Task().Rcu.Unlock(cpu);
        }

        await state.Lock.Release(cpu);
        await cpu.Free(state);
    }
}

/// <summary>struct core_state: who still has to arrive, and who waits for the dump.</summary>
public sealed class CoreState : MachineObject
{
    internal CoreState(SimMachine machine, string label)
        : base(machine, "core_state", label)
    {
        Left = new Shared<int>(this, "nr_threads");
        Startup = new Completion(this, $"{label}.core_startup");
        Lock = new SpinLock(this, LockClass.WaitQueue, $"{label}.core_dumper");
        Waiting = new MachineList<CoreThread>(this, "dumper", Lock);
    }

    /// <summary>Threads that have not arrived in exit yet.</summary>
    internal Shared<int> Left { get; }

    /// <summary>Done when all have.</summary>
    internal Completion Startup { get; }

    internal SpinLock Lock { get; }

    /// <summary>Threads that wait for the end of the dump.</summary>
    internal MachineList<CoreThread> Waiting { get; }
}

/// <summary>struct core_thread: one thread that waits for the dump, on its own stack.</summary>
internal sealed class CoreThread : MachineObject
{
    internal CoreThread(SimMachine machine, TaskStruct task)
        : base(machine, "core_thread", task.Label)
    {
        Task = task;
        Waits = new Shared<bool>(this, "task", true);
    }

    internal TaskStruct Task { get; }

    /// <summary>Whether the dumper still has the thread; cleared before it is woken.</summary>
    internal Shared<bool> Waits { get; }
}
