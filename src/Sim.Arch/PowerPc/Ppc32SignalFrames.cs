using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>Signal frames of 32-bit programs; <see cref="Ppc32SignalFrame"/> has the layouts.</summary>
[Immutable]
internal sealed class Ppc32SignalFrames(PowerPcArchitecture architecture, PowerPcFeatures features, bool is64BitKernel)
    : ISignalFrames
{
    private Ppc32SignalFrame Shape => new(0, true, is64BitKernel);

    /// <inheritdoc/>
    public async Op<bool> SetupFrame(Cpu cpu, RegisterFile regs, IUserMemory memory, SignalDelivery signal)
    {
        var frame = Ppc32SignalFrame.Locate(
            regs.Get(cpu, Gpr1), architecture.TaskSize(cpu, regs), is64BitKernel, in signal);
        if (!frame.IsUsable ||
            !await memory.Write(cpu, frame.Address, frame.Image(cpu, regs, in signal, features)) ||
            !await memory.Write(cpu, frame.CallerFrame, BackChain(cpu, regs)))
        {
            return false;
        }

        EnterHandler(cpu, regs, in signal, frame);
        return true;
    }

    /// <inheritdoc/>
    public async Op<FrameReturn> ReturnFromHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        ulong ucontext = regs.Get(cpu, Gpr1) + Ppc32SignalFrame.CallerFrameSize(isRt: true) + SiginfoImage.Size;
        if (await memory.Read(cpu, ucontext, Ppc32SignalFrame.UContextHead) is not { } head)
        {
            return FrameReturn.Unreadable;
        }

        FrameReturn answer = FrameReturn.Unreadable with { Mask = Ppc32SignalFrame.MaskOf(head) };
        return !await RestoreRegisters(cpu, regs, memory, Ppc32SignalFrame.MContextOf(head))
            ? answer
            : answer with
            {
                IsValid = true,
                Stack = Ppc32SignalFrame.StackOf(head),
                StackFlags = Ppc32SignalFrame.StackFlagsOf(head),
            };
    }

    /// <inheritdoc/>
    public async Op<FrameReturn> ReturnFromOldHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        ulong sigcontext = regs.Get(cpu, Gpr1) + Ppc32SignalFrame.CallerFrameSize(isRt: false);
        if (await memory.Read(cpu, sigcontext, Ppc32SignalFrame.SigContextSize) is not { } head)
        {
            return FrameReturn.Unreadable;
        }

        FrameReturn answer = FrameReturn.Unreadable with { Mask = Ppc32SignalFrame.OldMaskOf(head) };
        bool isValid = await RestoreRegisters(cpu, regs, memory, Ppc32SignalFrame.OldMContextOf(head));
        return answer with { IsValid = isValid };
    }

    private static ByteBlock BackChain(Cpu cpu, RegisterFile regs)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes.PutU32(0, (uint)regs.Get(cpu, Gpr1), bigEndian: true);
        return new ByteBlock(bytes);
    }

    private static void EnterHandler(Cpu cpu, RegisterFile regs, in SignalDelivery signal, Ppc32SignalFrame frame)
    {
        // No floating point exceptions of the program's in the handler.
        regs.Set(cpu, Fpscr, 0);
        regs.Set(cpu, Link, frame.MContext + Ppc32SignalFrame.TrampolineOffset);
        regs.Set(cpu, Nip, signal.Handler);
        regs.Merge(cpu, PowerPcMsr.Le, 0);
        regs.Set(cpu, Gpr1, frame.CallerFrame);
        regs.Set(cpu, Gpr3, (ulong)signal.Number);
        if (frame.IsRt)
        {
            regs.Set(cpu, Gpr + 4, frame.Address);
            regs.Set(cpu, Gpr + 5, frame.Head);
            regs.Set(cpu, Gpr + 6, frame.Address);
        }
        else
        {
            regs.Set(cpu, Gpr + 4, frame.Head);
        }
    }

    private async Op<bool> RestoreRegisters(Cpu cpu, RegisterFile regs, IUserMemory memory, ulong mcontext)
    {
        if (await memory.Read(cpu, mcontext, Shape.MContextSize) is not { } image)
        {
            return false;
        }

        Ppc32SignalFrame.Restore(cpu, regs, image, features);
        return true;
    }
}
