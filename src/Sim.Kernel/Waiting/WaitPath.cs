using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Waiting;

/// <summary>How a parent waits for its children. Source: kernel/exit.c do_wait(), wait(2).</summary>
[Immutable]
public sealed class WaitPath(LinuxKernel kernel)
{
    private const WaitOptions Wait4Options = WaitOptions.NoHang | WaitOptions.Untraced | WaitOptions.Continued |
        WaitOptions.NoThread | WaitOptions.Clone | WaitOptions.All;

    private const WaitOptions WaitidOptions = WaitOptions.NoHang | WaitOptions.NoWait | WaitOptions.Exited |
        WaitOptions.Untraced | WaitOptions.Continued | WaitOptions.NoThread | WaitOptions.Clone | WaitOptions.All;

    /// <summary>wait4(): by number, -1 for any child, 0 for the own process group, less for another group.</summary>
    /// <remarks>
    /// Context: current; sleeps interruptibly. Locks: none.
    /// Returns: -ECHILD without such children; -EINVAL for unknown options; -ERESTARTSYS for a signal.
    /// </remarks>
    public async Op<WaitResult> Wait4(Cpu cpu, int pid, WaitOptions options)
    {
        if ((options & ~Wait4Options) != WaitOptions.None)
        {
            return WaitResult.Failed(Errno.EINVAL);
        }

        PidType? type = pid == -1 ? null : pid > 0 ? PidType.Pid : PidType.Pgid;
        int nr = pid switch
        {
            0 => await kernel.Numbers.OwnGroup(cpu),
            < -1 => -pid,
            _ => pid,
        };
        return await DoWait(cpu, new WaitRequest(type, nr, options | WaitOptions.Exited));
    }

    /// <summary>waitid().</summary>
    /// <inheritdoc cref="Wait4"/>
    public async Op<WaitResult> Waitid(Cpu cpu, IdType which, int id, WaitOptions options)
    {
        bool asks = (options & (WaitOptions.Exited | WaitOptions.Untraced | WaitOptions.Continued)) != WaitOptions.None;
        if ((options & ~WaitidOptions) != WaitOptions.None || !asks)
        {
            return WaitResult.Failed(Errno.EINVAL);
        }

        switch (which)
        {
            case IdType.All:
                return await DoWait(cpu, new WaitRequest(null, 0, options));
            case IdType.Pid or IdType.Pgid when id > 0:
                PidType type = which == IdType.Pid ? PidType.Pid : PidType.Pgid;
                return await DoWait(cpu, new WaitRequest(type, id, options));
            case IdType.Pid or IdType.Pgid:
            default:
                return WaitResult.Failed(Errno.EINVAL);
        }
    }

    /// <summary>Waits for any child to end. A short form for worlds.</summary>
    /// <returns>The child's number, or 0 when there is none.</returns>
    public async Op<int> WaitForChild(Cpu cpu)
    {
        WaitResult result = await Wait4(cpu, -1, WaitOptions.None);
        return result.Result > 0 ? (int)result.Result : 0;
    }

    /// <summary>do_wait(): looks at the children of every thread, and sleeps until one has something to say.</summary>
    private async Op<WaitResult> DoWait(Cpu cpu, WaitRequest request)
    {
        TaskStruct task = cpu.Task();
        await task.Signal.WaitChildExit.Add(cpu);
        WaitResult result = await Repeat(cpu, task, request);
        await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Running);
        await task.Signal.WaitChildExit.Remove(cpu);
        return result;
    }

    private async Op<WaitResult> Repeat(Cpu cpu, TaskStruct task, WaitRequest request)
    {
        while (true)
        {
            // Whoever changes a child after this look wakes us.
            if (cpu.Makes(KernelSites.DoWaitState))
            {
                await Scheduling.SetCurrentState(cpu, TaskState.Interruptible);
            }
            else
            {
                await Scheduling.SetCurrentStateRelaxed(cpu, TaskState.Interruptible);
            }

            await kernel.Tasklist.AcquireRead(cpu);
            ChildState state = await LookAtChildren(cpu, task, request);
            if (state.Found)
            {
                return state.Result;
            }

            await kernel.Tasklist.ReleaseRead(cpu);
            if (!state.Eligible)
            {
                return WaitResult.Failed(Errno.ECHILD);
            }

            if (request.Has(WaitOptions.NoHang))
            {
                return new WaitResult(0);
            }

            if (await Scheduling.SignalPending(cpu, task))
            {
                return WaitResult.Failed(Errno.ERESTARTSYS);
            }

            await Scheduling.Schedule(cpu, TaskState.Interruptible);
        }
    }

    /// <summary>do_wait_thread() for each thread.</summary>
    /// <remarks>Locks: tasklist_lock for reading; released when something was found.</remarks>
    private async Op<ChildState> LookAtChildren(Cpu cpu, TaskStruct task, WaitRequest request)
    {
        if (cpu.Machine.IsDirect && request.Type == PidType.Pid)
        {
            return await LookAtOne(cpu, task, request);
        }

        bool eligible = false;
        for (int i = 0; i < task.Signal.Threads.Count(cpu); i++)
        {
            TaskStruct thread = request.Has(WaitOptions.NoThread) ? task : task.Signal.Threads.At(cpu, i);
            ChildState state = await LookAtChildrenOf(cpu, thread, request);
            eligible |= state.Eligible;
            if (!state.Found)
            {
                state = await LookAtPtraced(cpu, thread, request);
                eligible |= state.Eligible;
            }

            if (state.Found)
            {
                return state;
            }

            if (request.Has(WaitOptions.NoThread))
            {
                break;
            }
        }

        return new ChildState(false, eligible, default);
    }

    /// <summary>do_wait_thread().</summary>
    private async Op<ChildState> LookAtChildrenOf(Cpu cpu, TaskStruct thread, WaitRequest request)
    {
        bool eligible = false;
        for (int i = 0; i < thread.Children.Count(cpu); i++)
        {
            // Detached threads are in the list of children too, and nobody waits for them.
            TaskStruct child = thread.Children.At(cpu, i);
            if (child.IsDetached(cpu))
            {
                continue;
            }

            ChildState state = await kernel.WaitChild.Consider(cpu, request, child, asTracer: false);
            if (state.Found)
            {
                return state;
            }

            eligible |= state.Eligible;
        }

        return new ChildState(false, eligible, default);
    }

    /// <summary>ptrace_do_wait(): a tracer waits for every thread that it traces, detached or not.</summary>
    private async Op<ChildState> LookAtPtraced(Cpu cpu, TaskStruct thread, WaitRequest request)
    {
        bool eligible = false;
        for (int i = 0; i < thread.Ptraced.Count(cpu); i++)
        {
            ChildState state = await kernel.WaitChild.Consider(cpu, request, thread.Ptraced.At(cpu, i), asTracer: true);
            if (state.Found)
            {
                return state;
            }

            eligible |= state.Eligible;
        }

        return new ChildState(false, eligible, default);
    }

    /// <summary>Looks for the one child there can be, by its number: what a scan would find, at any number of children.</summary>
    /// <inheritdoc cref="LookAtChildren"/>
    private async Op<ChildState> LookAtOne(Cpu cpu, TaskStruct task, WaitRequest request)
    {
        TaskStruct? child = await kernel.Pids.FindTask(cpu, request.Nr);
        if (child is null)
        {
            return ChildState.NotOurs;
        }

        ChildState state = !child.IsDetached(cpu) && IsOf(task, child.RealParent.Get(cpu), request)
            ? await kernel.WaitChild.Consider(cpu, request, child, asTracer: false)
            : ChildState.NotOurs;
        if (state.Found || child.Ptrace.Get(cpu) == PtraceFlags.None || !IsOf(task, child.Parent.Get(cpu), request))
        {
            return state;
        }

        ChildState traced = await kernel.WaitChild.Consider(cpu, request, child, asTracer: true);
        return traced with { Eligible = traced.Eligible || state.Eligible };
    }

    private static bool IsOf(TaskStruct task, TaskStruct? parent, WaitRequest request)
        => request.Has(WaitOptions.NoThread)
            ? ReferenceEquals(parent, task)
            : parent is not null && parent.IsInGroupOf(task);
}
