using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Utrace.Control;

/// <summary>utrace_prepare_examine() and utrace_finish_examine(). Source: spec section 3.7.</summary>
[Immutable]
internal sealed class ExaminePath
{
    /// <inheritdoc cref="UtraceCore.PrepareExamine"/>
    internal async Op<ExamineResult> Prepare(Cpu cpu, TaskStruct target, UtraceEngine engine)
    {
        if (ReferenceEquals(cpu.Current, target))
        {
            return new ExamineResult(Errno.None, default);
        }

        await cpu.Task().Rcu.Lock(cpu);
        TaskState state = TaskState.Running;
        Errno error = Errno.EINVAL;
        if ((await cpu.ReadOnce(engine.Flags) & UtraceEvents.EngineStop) != UtraceEvents.None)
        {
            error = Errno.ESRCH;
            if (await cpu.ReadOnce(target.ExitState) == ExitState.Alive)
            {
                state = await cpu.ReadOnce(target.State);
                error = state == TaskState.Running ? Errno.EAGAIN : Errno.None;
            }
        }

        if (error == Errno.None)
        {
            await target.Get(cpu);
        }

        await cpu.Task().Rcu.Unlock(cpu);
        if (error != Errno.None)
        {
            return new ExamineResult(error, default);
        }

        int switches = await Scheduling.WaitTaskInactive(cpu, target, state);
        await target.Put(cpu);
        return switches == 0
            ? new ExamineResult(Errno.EAGAIN, default)
            : new ExamineResult(Errno.None, new Examination(state, switches));
    }

    /// <inheritdoc cref="UtraceCore.FinishExamine"/>
    internal async Op<Errno> Finish(Cpu cpu, TaskStruct target, UtraceEngine engine, Examination examination)
    {
        if (ReferenceEquals(cpu.Current, target))
        {
            return Errno.None;
        }

        await cpu.Task().Rcu.Lock(cpu);
        Errno error = Errno.EINVAL;
        if ((await cpu.ReadOnce(engine.Flags) & UtraceEvents.EngineStop) != UtraceEvents.None)
        {
            error = await cpu.ReadOnce(target.State) == examination.State ? Errno.None : Errno.EAGAIN;
        }

        if (error == Errno.None)
        {
            await target.Get(cpu);
        }

        await cpu.Task().Rcu.Unlock(cpu);
        if (error != Errno.None)
        {
            return error;
        }

        int switches = await Scheduling.WaitTaskInactive(cpu, target, examination.State);
        await target.Put(cpu);
        return switches == examination.Switches || !cpu.Makes(UtraceSites.Checks.ExamineSwitches) ? Errno.None : Errno.EAGAIN;
    }
}

/// <summary>struct utrace_examiner: what a stopped task looked like when the examination began.</summary>
/// <param name="State">The scheduler state.</param>
/// <param name="Switches">How often it had been switched out.</param>
public readonly record struct Examination(TaskState State, int Switches);

/// <summary>Whether an examination has begun.</summary>
public readonly record struct ExamineResult(Errno Error, Examination Examination);
