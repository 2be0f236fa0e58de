using Sim.Kernel;
using Sim.Kernel.Barriers;
using Sim.Kernel.Locking;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Museum.Core;

/// <summary>
/// The life of struct utrace in 2006 and 2007, and nothing else of it: made by the first attach, freed after a grace
/// period by whoever removes the last engine, the detacher or release_task(). Later it lived as long as its task.
/// </summary>
internal sealed class OldLifetime : MachineObject
{
    /// <summary>u.exit.flags: the death report is under way.</summary>
    internal const int DeathFlag = 1;

    private readonly OldMistake _mistake;
    private readonly LinuxKernel _kernel;
    private readonly OldTask _task;

    private OldLifetime(SimMachine machine, OldMistake mistake)
        : base(machine, "exhibit", "old lifetime")
    {
        _mistake = mistake;
        _kernel = new LinuxKernel(machine);
        machine.BootCpu.Current = _kernel.MakeTask("boot");
        _task = new OldTask(machine);
        machine.BootCpu.Store(_task.Utrace, new OldStruct(machine)).GetResult();
        machine.BootCpu.Store(_task.Flags, 1).GetResult();
    }

    /// <summary>The last detach against release_task().</summary>
    internal static Action Release(SimMachine machine, OldMistake mistake)
    {
        var world = new OldLifetime(machine, mistake);
        world._kernel.MakeTask("tracer", null, world.DetachLast);
        world._kernel.MakeTask("reaper", null, world.ReleaseTask);
        return world.AtEnd;
    }

    /// <summary>The last detach against a task that looks for signals.</summary>
    internal static Action GetSignal(SimMachine machine, OldMistake mistake)
    {
        var world = new OldLifetime(machine, mistake);
        world._kernel.MakeTask("target", null, world.GetSignal);
        world._kernel.MakeTask("tracer", null, world.DetachLast);
        return world.AtEnd;
    }

    /// <summary>The last detach against another thread that looks for the first engine.</summary>
    internal static Action FirstEngine(SimMachine machine, OldMistake mistake)
    {
        var world = new OldLifetime(machine, mistake);
        world._kernel.MakeTask("tracer0", null, world.DetachLast);
        world._kernel.MakeTask("tracer1", null, world.FirstEngine);
        return world.AtEnd;
    }

    /// <summary>The last detach against a task that dies.</summary>
    internal static Action Dying(SimMachine machine, OldMistake mistake)
    {
        var world = new OldLifetime(machine, mistake);
        world._kernel.MakeTask("target", null, world.Die);
        world._kernel.MakeTask("tracer", null, world.DetachLast);
        return world.AtEnd;
    }

    private void AtEnd()
    {
        if (Machine.PeekObjects().FirstOrDefault(item => item is OldStruct && !item.IsFreed) is { } left)
        {
            Machine.Violate("LEAK", $"{left} has no engines and is left");
        }
    }

    /// <summary>utrace_detach() of the only engine: unlinks it, takes the struct off the task and frees it.</summary>
    private async Op DetachLast(Cpu cpu)
    {
        await cpu.Task().Rcu.Lock(cpu);
        OldStruct? utrace = await cpu.ReadOnce(_task.Utrace);
        if (utrace is not null)
        {
            await utrace.Lock.Acquire(cpu);
            if (utrace.Engines.Get(cpu) > 0)
            {
                await RemoveLast(cpu, utrace);
            }
            else
            {
                await utrace.Lock.Release(cpu);
            }
        }

        await cpu.Task().Rcu.Unlock(cpu);
    }

    private async Op RemoveLast(Cpu cpu, OldStruct utrace)
    {
        utrace.Engines.Set(cpu, 0);
        bool signalled = await cpu.ReadOnce(utrace.Overlay) != 0 &&
            (_mistake == OldMistake.ReadsOverlay || !await cpu.ReadOnce(_task.Exiting));
        if (signalled)
        {
            // A signal is being reported: whoever does so frees the struct afterwards.
            await utrace.Lock.Release(cpu);
            return;
        }

        await _task.AllocLock.Acquire(cpu);
        await cpu.WriteOnce(_task.Utrace, null);
        await _task.AllocLock.Release(cpu);
        await cpu.WriteOnce(_task.Flags, 0);
        await utrace.Lock.Release(cpu);
        await _kernel.Rcu.Call(cpu, new FreeLater(utrace));
    }

    /// <summary>utrace_release_task(): takes the struct off the task, reaps its engines and frees it.</summary>
    private async Op ReleaseTask(Cpu cpu)
    {
        await cpu.Task().Rcu.Lock(cpu);
        await Reap(cpu);
        await cpu.Task().Rcu.Unlock(cpu);
    }

    private async Op Reap(Cpu cpu)
    {
        await _task.AllocLock.Acquire(cpu);
        OldStruct? utrace = await cpu.ReadOnce(_task.Utrace);
        await cpu.WriteOnce(_task.Utrace, null);
        await _task.AllocLock.Release(cpu);
        if (utrace is null)
        {
            return;
        }

        await utrace.Lock.Acquire(cpu);
        bool empty = utrace.Engines.Get(cpu) == 0;
        utrace.Engines.Set(cpu, 0);
        await utrace.Lock.Release(cpu);
        if (!empty || _mistake == OldMistake.FreesEmpty)
        {
            await _kernel.Rcu.Call(cpu, new FreeLater(utrace));
        }
    }

    /// <summary>utrace_get_signal(): the task has seen its flags and uses the struct.</summary>
    private async Op GetSignal(Cpu cpu)
    {
        if (await cpu.ReadOnce(_task.Flags) == 0)
        {
            return;
        }

        if (_mistake == OldMistake.TrustsFlags)
        {
            OldStruct trusted = (await cpu.ReadOnce(_task.Utrace))!;
            await trusted.Lock.Acquire(cpu);
            await trusted.Lock.Release(cpu);
            return;
        }

        await cpu.Task().Rcu.Lock(cpu);
        OldStruct? utrace = await cpu.ReadOnce(_task.Utrace);
        if (utrace is not null)
        {
            await utrace.Lock.Acquire(cpu);
            await utrace.Lock.Release(cpu);
        }

        await cpu.Task().Rcu.Unlock(cpu);
    }

    /// <summary>utrace_first_engine(): whether there is a struct, and then what is in it.</summary>
    private async Op FirstEngine(Cpu cpu)
    {
        await cpu.Task().Rcu.Lock(cpu);
        OldStruct? utrace = await cpu.ReadOnce(_task.Utrace);
        if (utrace is not null)
        {
            if (_mistake == OldMistake.FetchesTwice)
            {
                utrace = await cpu.ReadOnce(_task.Utrace);
            }

            await utrace!.Lock.Acquire(cpu);
            await utrace.Lock.Release(cpu);
        }

        await cpu.Task().Rcu.Unlock(cpu);
    }

    /// <summary>utrace_report_death(): from exit_state on the word belongs to the exit flags.</summary>
    private async Op Die(Cpu cpu)
    {
        await cpu.WriteOnce(_task.Exiting, true);
        await cpu.Task().Rcu.Lock(cpu);
        if (await cpu.ReadOnce(_task.Utrace) is { } utrace)
        {
            await cpu.WriteOnce(utrace.Overlay, DeathFlag);
        }

        await cpu.Task().Rcu.Unlock(cpu);
    }

    /// <summary>What utrace kept of a task.</summary>
    private sealed class OldTask : MachineObject
    {
        internal OldTask(SimMachine machine)
            : base(machine, "old task", "target")
        {
            Utrace = new SharedRef<OldStruct>(this, "utrace");
            Flags = new Shared<int>(this, "utrace_flags");
            Exiting = new Shared<bool>(this, "exit_state");
            AllocLock = new SpinLock(machine, LockClass.TaskLock, "task_lock");
        }

        internal SharedRef<OldStruct> Utrace { get; }

        internal Shared<int> Flags { get; }

        internal Shared<bool> Exiting { get; }

        internal SpinLock AllocLock { get; }
    }

    /// <summary>struct utrace of then.</summary>
    private sealed class OldStruct : MachineObject
    {
        internal OldStruct(SimMachine machine)
            : base(machine, "old utrace", "target")
        {
            Lock = new SpinLock(this, LockClass.Utrace, "utrace");
            Engines = new Guarded<int>(this, "engines", Lock, 1);
            Overlay = new Shared<int>(this, "u");
        }

        internal SpinLock Lock { get; }

        internal Guarded<int> Engines { get; }

        /// <summary>The union: the signal being reported while the task lives, and then the exit flags.</summary>
        internal Shared<int> Overlay { get; }
    }

    private sealed class FreeLater(OldStruct utrace) : RcuHead(utrace.Machine, "free utrace")
    {
        public override async Op Run(Cpu cpu) => await cpu.Free(utrace);
    }
}

/// <summary>What is wrong with the old lifetime.</summary>
internal enum OldMistake
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>release_task() frees a struct whose engines somebody else has removed.</summary>
    FreesEmpty,

    /// <summary>A task that saw its flags set takes the struct for granted.</summary>
    TrustsFlags,

    /// <summary>The pointer is read once to test it and once to use it.</summary>
    FetchesTwice,

    /// <summary>The exit flags of a dying task are read as a signal that is being reported.</summary>
    ReadsOverlay,
}
