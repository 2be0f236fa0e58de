using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>
/// The architecture's part of delivering a signal: the call in progress is interrupted or restarted, and a
/// frame is built for the handler. Source: arch/x86/kernel/signal.c do_signal(), handle_signal().
/// </summary>
[Immutable]
public sealed class SignalReturn(LinuxKernel kernel)
{
    /// <summary>Frames of handlers that are machine code.</summary>
    internal FrameDelivery Frames { get; } = new(kernel);

    /// <summary>do_signal(): takes one signal on the way to user mode.</summary>
    /// <remarks>Context: current; sleeps in stops; does not return from a fatal signal. Locks: none.</remarks>
    public async Op DoSignal(Cpu cpu)
    {
        TaskStruct task = cpu.Task();
        DeliveredSignal delivered = await kernel.Delivery.GetSignalToDeliver(cpu);
        UserContext? context = task.Context.Get(cpu);
        bool restores = (await cpu.ReadOnce(task.ThreadFlags) & ThreadFlags.RestoreSigmask) != ThreadFlags.None;
        if (delivered.Signal > 0)
        {
            await HandleSignal(cpu, task, context!, delivered, restores);
            return;
        }

        if (context is not null && context.IsMachineCode(cpu))
        {
            kernel.FrameDelivery.Restart(cpu, task);
        }
        else
        {
            FixCall(cpu, context, null);
        }

        if (restores)
        {
            await cpu.ClearBits(task.ThreadFlags, ThreadFlags.RestoreSigmask);
            await kernel.Masks.SetBlocked(cpu, task, task.SavedSigmask.Get(cpu));
        }
    }

    /// <summary>rt_sigreturn(): takes the newest frame off and puts the mask back.</summary>
    public async Op Sigreturn(Cpu cpu, UserContext context, SignalFrame frame)
    {
        context.InCall.Set(cpu, false);
        await kernel.Masks.SetBlocked(cpu, cpu.Task(), frame.Mask & ~Abi.Signals.KernelOnly);
        cpu.Discard(frame);
    }

    /// <summary>
    /// A call that a signal interrupted begins again, or fails with EINTR, as the error it ended with and the
    /// handler say.
    /// </summary>
    private static void FixCall(Cpu cpu, UserContext? context, SigAction? handler)
    {
        if (context is null || !context.InCall.Get(cpu))
        {
            return;
        }

        context.InCall.Set(cpu, false);
        Errno error = (Errno)(-context.Result.Get(cpu));
        bool? restarts = null;
        if (error is Errno.ERESTARTNOINTR)
        {
            restarts = true;
        }
        else if (error is Errno.ERESTARTSYS)
        {
            restarts = handler is not { } action || (action.Flags & SaFlags.Restart) != SaFlags.None;
        }
        else if (error is Errno.ERESTARTNOHAND or Errno.ERESTART_RESTARTBLOCK)
        {
            restarts = handler is null;
        }

        if (restarts == true)
        {
            context.Restarts.Set(cpu, true);
        }
        else if (restarts == false)
        {
            context.Result.Set(cpu, -(long)Errno.EINTR);
        }
    }

    /// <summary>handle_signal(): builds the frame and blocks what the handler asked for.</summary>
    private async Op HandleSignal(
        Cpu cpu, TaskStruct task, UserContext context, DeliveredSignal delivered, bool restores)
    {
        (int signal, SigInfo info, SigAction action) = delivered;
        SigSet old = restores ? task.SavedSigmask.Get(cpu) : task.Blocked.Get(cpu);
        if (action.Routine is { } routine)
        {
            FixCall(cpu, context, action);
            context.Frames.Add(cpu, new SignalFrame(kernel.Machine, info, routine, old));
        }
        else if (!await kernel.FrameDelivery.Setup(cpu, task, delivered, old))
        {
            return;
        }

        SigSet blocked = task.Blocked.Get(cpu) | action.Mask;
        await kernel.Masks.SetBlocked(
            cpu, task, (action.Flags & SaFlags.NoDefer) != SaFlags.None ? blocked : blocked.With(signal));
        if (restores)
        {
            // The frame has the mask that sigreturn() will put back.
            await cpu.ClearBits(task.ThreadFlags, ThreadFlags.RestoreSigmask);
        }

        await kernel.Tracehook.SignalHandler(cpu, signal, info);
    }
}
