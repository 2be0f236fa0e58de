using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Kernel.Signals;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>
/// Handlers of machine code: the frame on the user stack and the way back from it. Source:
/// arch/x86/kernel/signal.c, arch/powerpc/kernel/signal.c, signal_64.c.
/// </summary>
[Immutable]
internal sealed class FrameDelivery(LinuxKernel kernel)
{
    private IArchitecture Architecture => kernel.Options.Architecture!;

    /// <summary>
    /// The frame of a handler; without room for it SIGSEGV is forced, and SIGSEGV's own handler is then lost.
    /// </summary>
    /// <returns>Whether the handler is to run.</returns>
    /// <remarks>Context: current; may sleep. Locks: takes siglock when it fails.</remarks>
    internal async Op<bool> Setup(Cpu cpu, TaskStruct task, DeliveredSignal delivered, SigSet mask)
    {
        (int signal, SigInfo info, SigAction action) = delivered;
        RegisterFile regs = task.Registers.Get(cpu)!;
        Architecture.Syscalls.RestartAfterHandler(cpu, regs, (action.Flags & SaFlags.Restart) != SaFlags.None);
        var delivery = new SignalDelivery(
            signal,
            SignalCalls.UserInfoOf(info),
            action.Handler,
            (HandlerFlags)(uint)action.Flags,
            action.Restorer,
            mask.Bits,
            task.Context.Get(cpu)!.AltStack(cpu));
        if (await Architecture.Signals.SetupFrame(cpu, regs, new UserMemory(task.Mm.Get(cpu)!), delivery))
        {
            return true;
        }

        await ForceSigsegv(cpu, signal);
        return false;
    }

    /// <summary>No handler runs: a call that a signal interrupted is made again.</summary>
    internal void Restart(Cpu cpu, TaskStruct task)
        => Architecture.Syscalls.RestartWithoutHandler(cpu, task.Registers.Get(cpu)!);

    /// <summary>rt_sigreturn() and sigreturn(): registers, mask and alternate stack out of the frame.</summary>
    /// <returns>What the call answers if the registers are not final: 0.</returns>
    /// <remarks>Context: current, in the call; may sleep. Locks: takes siglock.</remarks>
    internal async Op<long> Return(Cpu cpu, TaskStruct task, UserContext context, bool old)
    {
        RegisterFile regs = task.Registers.Get(cpu)!;
        if (task.Restart.Get(cpu) is { } block)
        {
            task.Restart.Set(cpu, null);
            cpu.Discard(block);
        }

        var memory = new UserMemory(task.Mm.Get(cpu)!);
        FrameReturn frame = old
            ? await Architecture.Signals.ReturnFromOldHandler(cpu, regs, memory)
            : await Architecture.Signals.ReturnFromHandler(cpu, regs, memory);
        if (frame.Mask is { } mask)
        {
            await kernel.Masks.SetBlocked(cpu, task, new SigSet(mask) & ~Abi.Signals.KernelOnly);
        }

        if (!frame.IsValid)
        {
            await kernel.Send.Force(cpu, new SigInfo(Abi.Signals.SIGSEGV, SiCode.Kernel));
            return 0;
        }

        context.RestoresAll.Set(cpu, true);
        if (!old)
        {
            // As do_sigaltstack() with the stack pointer that was put back; an error other than EFAULT is let go.
            context.AltStack(cpu).TrySet(
                frame.Stack.Sp,
                frame.StackFlags,
                frame.Stack.Size,
                Architecture.GetStackPointer(cpu, regs),
                out AltStack stack);
            context.SetAltStack(cpu, stack);
        }

        return 0;
    }

    /// <summary>force_sigsegv(): a frame for SIGSEGV itself that fails would fail again.</summary>
    private async Op ForceSigsegv(Cpu cpu, int signal)
    {
        if (signal == Abi.Signals.SIGSEGV)
        {
            SighandStruct sighand = await kernel.LockOwnSighand(cpu);
            SigActionTable actions = sighand.Action.Get(cpu)!;
            sighand.Action.Set(cpu, actions.With(signal, actions[signal] with { Handler = SigAction.SIG_DFL, Routine = null }));
            await sighand.Siglock.Release(cpu);
        }

        await kernel.Send.Force(cpu, new SigInfo(Abi.Signals.SIGSEGV, SiCode.Kernel));
    }
}
