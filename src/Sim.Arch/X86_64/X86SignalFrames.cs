using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>Signal frames of 64-bit programs; <see cref="X86SignalFrame"/> has the layout.</summary>
[Immutable]
public sealed class X86SignalFrames : ISignalFrames
{
    /// <inheritdoc/>
    public async Op<bool> SetupFrame(Cpu cpu, RegisterFile regs, IUserMemory memory, SignalDelivery signal)
    {
        Bug.On(regs.Has(cpu, X86ThreadFlags.Ia32), "frames of 32-bit programs are not modelled");
        DropForcedTrapFlag(cpu, regs);
        X86SignalFrame frame = X86SignalFrame.Locate(cpu, regs, in signal);
        if (!frame.IsUsable ||
            (frame.FpState != 0 && !await memory.Write(cpu, frame.FpState, X86SignalFrame.FpImage(cpu, regs))) ||
            ((signal.Flags & HandlerFlags.SigInfo) != HandlerFlags.None &&
                !await memory.Write(cpu, frame.Info, X86SignalFrame.InfoImage(in signal))) ||
            !await memory.Write(cpu, frame.Address, frame.Image(cpu, regs, in signal)) ||
            !await memory.Write(cpu, frame.Mask, ByteBlock.OfWord(signal.Mask, bigEndian: false)) ||
            (signal.Flags & HandlerFlags.Restorer) == HandlerFlags.None)
        {
            return false;
        }

        EnterHandler(cpu, regs, in signal, frame);
        return true;
    }

    /// <inheritdoc/>
    public async Op<FrameReturn> ReturnFromHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        // The handler's return took the first word, pretcode.
        X86SignalFrame frame = X86SignalFrame.At(cpu, regs, regs.Get(cpu, Sp) - 8);
        if (!frame.IsUsable || await memory.Read(cpu, frame.Mask, 8) is not { } mask)
        {
            return FrameReturn.Unreadable;
        }

        FrameReturn answer = FrameReturn.Unreadable with { Mask = mask.Word(0, bigEndian: false) };
        if (await memory.Read(cpu, frame.Address, X86SignalFrame.ImageSize) is not { } image)
        {
            return answer;
        }

        X86SignalFrame.Restore(cpu, regs, image);
        ulong fpState = X86SignalFrame.FpStateOf(image);
        if (fpState == 0)
        {
            X86Fpu.Forget(cpu, regs);
        }
        else if (await memory.Read(cpu, fpState, X86Fpu.Size) is not { } fpImage ||
            !X86SignalFrame.RestoreFp(cpu, regs, fpImage))
        {
            return answer;
        }

        return answer with
        {
            IsValid = true,
            Stack = X86SignalFrame.StackOf(image),
            StackFlags = X86SignalFrame.StackFlagsOf(image),
        };
    }

    /// <inheritdoc/>
    public Op<FrameReturn> ReturnFromOldHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
        => Op<FrameReturn>.Of(FrameReturn.Unreadable);

    /// <summary>TF that a debugger forced does not belong into the sigcontext.</summary>
    private static void DropForcedTrapFlag(Cpu cpu, RegisterFile regs)
    {
        if (regs.Has(cpu, X86Flags.Tf) && regs.Has(cpu, X86ThreadFlags.ForcedTf))
        {
            regs.Clear(cpu, X86ThreadFlags.ForcedTf);
            regs.Clear(cpu, X86Flags.Tf);
        }
    }

    private static void EnterHandler(Cpu cpu, RegisterFile regs, in SignalDelivery signal, X86SignalFrame frame)
    {
        regs.Set(cpu, Di, (ulong)signal.Number);
        regs.Set(cpu, Si, frame.Info);
        regs.Set(cpu, Dx, frame.UContext);

        // Where the handler was declared without a prototype.
        regs.Set(cpu, Ax, 0);
        regs.Set(cpu, Ip, signal.Handler);
        regs.Set(cpu, Sp, frame.Address);
        regs.Set(cpu, Cs, X86Selector.UserCs);
        regs.Clear(cpu, X86Flags.Df | X86Flags.Tf);
        X86Fpu.Forget(cpu, regs);
    }
}
