using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Utrace.State;

namespace Sim.Utrace.Variants;

/// <summary>
/// The tree of autumn 2009. Its differences as far as they are known: struct utrace is part of the task; an
/// attach to a newborn waits until its parent has reported it; stepping acts at once or fails with -EAGAIN; the
/// entry of a system call is reported once; DETACH as an answer is marked without the lock. Its bits
/// <c>report</c> and <c>interrupt</c> are the two values of <c>resume</c> that it has.
/// Source: spec sections 3.1, 3.3, 4.1, 4.5, 7.
/// </summary>
[Immutable]
internal sealed class VariantA() : UtraceVariant("a", "the autumn tree of 2009: struct utrace inside the task")
{
    internal override bool StepsAtOnce => true;

    internal override bool LocksDetachByAnswer => false;

    internal override bool RepeatsSyscallEntry => false;

    /// <inheritdoc/>
    /// <remarks>The original sleeps a tick at a time; here the waiter watches PF_STARTING and its own signals.</remarks>
    internal override async Op<Errno> BeforeAttach(Cpu cpu, TaskStruct target)
    {
        while (true)
        {
            TaskFlags flags = await cpu.ReadOnce(target.Flags);
            if ((flags & TaskFlags.Starting) == TaskFlags.None || IsMaking(cpu, target))
            {
                return Errno.None;
            }

            ThreadFlags own = await cpu.ReadOnce(cpu.Task().ThreadFlags);
            if ((own & ThreadFlags.SignalPending) != ThreadFlags.None)
            {
                return Errno.ERESTARTNOINTR;
            }

            await cpu.Watch(WatchSet.Empty.With(target.Flags, flags).With(cpu.Task().ThreadFlags, own));
        }
    }

    internal override async Op<Errno> StepAtOnce(Cpu cpu, TaskStruct target, ResumeAction action, bool stopped)
    {
        if (!stopped)
        {
            return action == ResumeAction.Resume ? Errno.None : Errno.EAGAIN;
        }

        if (action == ResumeAction.Resume)
        {
            await target.Kernel.Stepping.Disable(cpu, target);
        }
        else if (action == ResumeAction.BlockStep && target.Kernel.Stepping.HasBlockStep)
        {
            await target.Kernel.Stepping.EnableBlockStep(cpu, target);
        }
        else
        {
            await target.Kernel.Stepping.EnableSingleStep(cpu, target);
        }

        return Errno.None;
    }

    /// <summary>Whether the caller is the parent, inside its clone report for this child.</summary>
    private static bool IsMaking(Cpu cpu, TaskStruct target)
        => cpu.Task().Utrace.Peek is UtraceStruct own && ReferenceEquals(own.PeekCloning, target);
}
