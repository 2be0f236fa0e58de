using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>Signal frames of 64-bit programs; <see cref="Ppc64SignalFrame"/> has the layout.</summary>
[Immutable]
internal sealed class Ppc64SignalFrames(PowerPcFeatures features) : ISignalFrames
{
    /// <inheritdoc/>
    public async Op<bool> SetupFrame(Cpu cpu, RegisterFile regs, IUserMemory memory, SignalDelivery signal)
    {
        var frame = Ppc64SignalFrame.Locate(regs.Get(cpu, Gpr1), in signal);
        if (!frame.IsUsable ||
            !await memory.Write(cpu, frame.Address, frame.Image(cpu, regs, in signal, features)) ||
            !await memory.Write(cpu, frame.CallerFrame, ByteBlock.OfWord(regs.Get(cpu, Gpr1), bigEndian: true)) ||
            await memory.Read(cpu, signal.Handler, 16) is not { } descriptor)
        {
            return false;
        }

        EnterHandler(cpu, regs, in signal, frame, descriptor);
        return true;
    }

    /// <inheritdoc/>
    public async Op<FrameReturn> ReturnFromHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        // The trampoline has dropped the dummy caller frame.
        var frame = Ppc64SignalFrame.At(regs.Get(cpu, Gpr1));
        if (!frame.IsUsable || await memory.Read(cpu, frame.Mask, 8) is not { } mask)
        {
            return FrameReturn.Unreadable;
        }

        FrameReturn answer = FrameReturn.Unreadable with { Mask = mask.Word(0, bigEndian: true) };
        if (await memory.Read(cpu, frame.Address, Ppc64SignalFrame.UContextSize) is not { } image)
        {
            return answer;
        }

        Ppc64SignalFrame.Restore(cpu, regs, image);
        ulong vectors = Ppc64SignalFrame.VectorsOf(image);
        if (vectors == 0)
        {
            Ppc64SignalFrame.RestoreVectors(cpu, regs, image, null, features);
        }
        else if (await memory.Read(cpu, vectors, Ppc64SignalFrame.VectorsSize) is { } vectorImage)
        {
            Ppc64SignalFrame.RestoreVectors(cpu, regs, image, vectorImage, features);
        }
        else
        {
            return answer;
        }

        return answer with
        {
            IsValid = true,
            Stack = Ppc64SignalFrame.StackOf(image),
            StackFlags = Ppc64SignalFrame.StackFlagsOf(image),
        };
    }

    /// <inheritdoc/>
    public Op<FrameReturn> ReturnFromOldHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
        => Op<FrameReturn>.Of(FrameReturn.Unreadable);

    private static void EnterHandler(
        Cpu cpu, RegisterFile regs, in SignalDelivery signal, Ppc64SignalFrame frame, ByteBlock descriptor)
    {
        // No floating point exceptions of the program's in the handler.
        regs.Set(cpu, Fpscr, 0);
        regs.Set(cpu, Link, frame.Trampoline);
        regs.Set(cpu, Nip, descriptor.Word(0, bigEndian: true));
        regs.Merge(cpu, PowerPcMsr.Le, 0);
        regs.Set(cpu, Gpr1, frame.CallerFrame);
        regs.Set(cpu, Gpr2, descriptor.Word(8, bigEndian: true));
        regs.Set(cpu, Gpr3, (ulong)signal.Number);
        regs.Set(cpu, Result, 0);
        if ((signal.Flags & HandlerFlags.SigInfo) != HandlerFlags.None)
        {
            regs.Set(cpu, Gpr + 4, frame.Info);
            regs.Set(cpu, Gpr + 5, frame.Address);
            regs.Set(cpu, Gpr + 6, frame.Address);
        }
        else
        {
            regs.Set(cpu, Gpr + 4, frame.SigContext);
        }
    }
}
