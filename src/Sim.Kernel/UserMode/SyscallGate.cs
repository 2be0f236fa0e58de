using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>How a system call ended, seen from user mode.</summary>
/// <param name="Result">What it answers: 0 or more, or a negated error.</param>
/// <param name="Restarts">Whether the program makes the call again, without noticing.</param>
public readonly record struct CallEnd(long Result, bool Restarts);

/// <summary>
/// The way of a task between user mode and the kernel: system call entry and exit, signal frames, the first
/// return of a new task. Source: arch/x86/kernel/entry_64.S, ptrace.c.
/// </summary>
[Immutable]
public sealed class SyscallGate(LinuxKernel kernel)
{
    private const ThreadFlags SyscallWork = ThreadFlags.SyscallTrace;

    /// <summary>System calls of machine code.</summary>
    internal RegisterGate Registers { get; } = new(kernel);

    /// <summary>The entry of a system call.</summary>
    /// <returns>Whether it is to run; a tracer may have refused.</returns>
    public async Op<bool> Enter(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        UserContext context = task.Context.Get(cpu)!;
        context.InCall.Set(cpu, true);
        context.Restarts.Set(cpu, false);
        context.Result.Set(cpu, -(long)Errno.ENOSYS);
        return (await cpu.ReadOnce(task.ThreadFlags) & SyscallWork) == ThreadFlags.None ||
            !await kernel.Tracehook.ReportSyscallEntry(cpu);
    }

    /// <summary>The exit of a system call: tracing, signals, and the handlers that they ask for.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="result">What the call answered.</param>
    public async Op<CallEnd> Leave(Cpu cpu, long result)
    {
        TaskStruct task = cpu.Task();
        UserContext context = task.Context.Get(cpu)!;
        context.Result.Set(cpu, result);
        if ((await cpu.ReadOnce(task.ThreadFlags) & SyscallWork) != ThreadFlags.None)
        {
            await kernel.Tracehook.ReportSyscallExit(cpu);
        }

        int depth = context.Frames.Count(cpu);
        await kernel.ReturnWork.ExitToUser(cpu);
        var end = new CallEnd(context.Result.Get(cpu), context.Restarts.Get(cpu));
        await RunHandlers(cpu, context, depth);
        return end;
    }

    /// <summary>An interrupt takes the task out of user mode and back.</summary>
    public async Op Interrupted(Cpu cpu)
    {
        UserContext context = cpu.Task().Context.Get(cpu)!;
        int depth = context.Frames.Count(cpu);
        context.InCall.Set(cpu, false);
        await kernel.ReturnWork.ExitToUser(cpu);
        await RunHandlers(cpu, context, depth);
    }

    /// <summary>The whole user mode of a task: returns from fork or exec, and runs the program to its end.</summary>
    internal async Op Run(Cpu cpu)
    {
        await Lifecycle.ThreadNumbers.ScheduleTail(cpu);
        await Interrupted(cpu);
        TaskStruct task = cpu.Task();
        UserProgram program = task.Context.Get(cpu)!.Program.Get(cpu)!.Program;
        int code = await program.Main(new User(cpu));
        await kernel.Exit.DoGroupExit(cpu, WaitStatus.Exit(code));
    }

    /// <summary><see cref="Run"/> of a task that was made in TASK_STOPPED: nobody has let it run yet.</summary>
    internal async Op RunWhenWoken(Cpu cpu)
    {
        await cpu.LoadWhen(cpu.Task().State, GuardKind.Equal, TaskState.Running);
        await Run(cpu);
    }

    /// <summary>User mode above the point that was interrupted: the handlers, newest frame first.</summary>
    private async Op RunHandlers(Cpu cpu, UserContext context, int depth)
    {
        while (context.Frames.Count(cpu) > depth)
        {
            SignalFrame frame = context.Frames.At(cpu, context.Frames.Count(cpu) - 1);
            context.Frames.Remove(cpu, frame);
            await frame.Handler.Run(new User(cpu), frame.Info);
            await kernel.SignalReturn.Sigreturn(cpu, context, frame);
            await kernel.ReturnWork.ExitToUser(cpu);
        }
    }
}
