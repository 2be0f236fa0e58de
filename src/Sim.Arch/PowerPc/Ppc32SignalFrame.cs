using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>
/// The frames of a 32-bit program. With SA_SIGINFO struct rt_sigframe: siginfo, ucontext with the
/// mcontext at its end. Without it struct sigframe: sigcontext, mcontext. Both end with the 224 bytes
/// below the stack pointer that the program may use; below both stands a caller frame for the handler.
/// </summary>
/// <param name="Address">Lowest address; 0 when no frame fits.</param>
/// <param name="IsRt">Whether it is the one with a siginfo.</param>
/// <param name="HasVsx">Whether the mcontext has room for VSX: that of a 64-bit kernel has.</param>
[Immutable]
internal readonly record struct Ppc32SignalFrame(ulong Address, bool IsRt, bool HasVsx)
{
    /// <summary>Offset of the trampoline in the mcontext: mc_pad.</summary>
    internal const int TrampolineOffset = FpRegsOffset + (33 * 8);

    /// <summary>Bytes of a ucontext up to the mcontext.</summary>
    internal const int UContextHead = 192;

    /// <summary>Bytes of a struct sigcontext.</summary>
    internal const int SigContextSize = 32;

    private const int FpRegsOffset = ElfNgreg * 4;
    private const int VRegsOffset = TrampolineOffset + 8;
    private const int VrSaveOffset = VRegsOffset + (32 * 16);
    private const int VsxOffset = VRegsOffset + (33 * 16);
    private const int VsxSize = 32 * 8;
    private const int AbiGap = 224;
    private const int StackOffset = 8;
    private const int RegsPointerOffset = 48;
    private const int MaskOffset = 52;
    private const uint LiR0 = 0x38000000;
    private const uint Sc = 0x44000002;
    private const uint Sigreturn = 119;
    private const uint RtSigreturn = 172;

    /// <summary>Whether the frame lies in user space.</summary>
    internal bool IsUsable => Address != 0;

    /// <summary>Bytes of the mcontext.</summary>
    internal int MContextSize => VsxOffset + (HasVsx ? VsxSize : 0);

    /// <summary>The registers.</summary>
    internal ulong MContext => Head + (IsRt ? (ulong)UContextHead : SigContextSize);

    /// <summary>The ucontext or the sigcontext.</summary>
    internal ulong Head => Address + (IsRt ? (ulong)SiginfoImage.Size : 0);

    /// <summary>__SIGNAL_FRAMESIZE32, and for struct rt_sigframe 16 bytes more.</summary>
    internal ulong CallerFrame => Address - CallerFrameSize(IsRt);

    private int Size => (int)(MContext - Address) + MContextSize + AbiGap;

    internal static ulong CallerFrameSize(bool isRt) => isRt ? 80UL : 64UL;

    /// <summary>get_sigframe(): below the stack pointer or on the alternate stack, 16-byte aligned.</summary>
    internal static Ppc32SignalFrame Locate(ulong stackPointer, ulong taskSize, bool hasVsx, in SignalDelivery signal)
    {
        ulong sp = (uint)stackPointer;
        if ((signal.Flags & HandlerFlags.OnStack) != HandlerFlags.None && signal.Stack.Size != 0 &&
            !signal.Stack.Holds(sp))
        {
            sp = signal.Stack.Sp + signal.Stack.Size;
        }

        bool isRt = (signal.Flags & HandlerFlags.SigInfo) != HandlerFlags.None;
        var shape = new Ppc32SignalFrame(0, isRt, hasVsx);
        ulong address = (sp - (ulong)shape.Size) & ~15UL;
        return address <= taskSize - (ulong)shape.Size ? shape with { Address = address } : default;
    }

    /// <summary>Everything up to the end of the mcontext.</summary>
    internal ByteBlock Image(Cpu cpu, RegisterFile regs, in SignalDelivery signal, PowerPcFeatures features)
    {
        Span<byte> bytes = stackalloc byte[(int)(MContext - Address) + MContextSize];
        bytes.Clear();
        Span<byte> head = bytes[(int)(Head - Address)..];
        if (IsRt)
        {
            SiginfoImage.Ppc32.Write(bytes, signal.Info);
            Put(head, StackOffset, signal.Stack.Sp);
            Put(head, StackOffset + 4, (ulong)signal.Stack.Flags(regs.Get(cpu, Gpr1)));
            Put(head, StackOffset + 8, signal.Stack.Size);
            Put(head, RegsPointerOffset, MContext);
            Put(head, MaskOffset, signal.Mask);
            Put(head, MaskOffset + 4, signal.Mask >> 32);
        }
        else
        {
            // struct sigcontext; the upper half of the mask is its _unused[3].
            Put(head, 12, signal.Mask >> 32);
            Put(head, 16, (ulong)signal.Number);
            Put(head, 20, signal.Handler);
            Put(head, 24, signal.Mask);
            Put(head, 28, MContext);
        }

        PutMContext(cpu, regs, bytes[(int)(MContext - Address)..], features);
        return new ByteBlock(bytes);
    }

    /// <summary>restore_user_regs(): everything but the machine state, of which only the byte order is taken.</summary>
    internal static void Restore(Cpu cpu, RegisterFile regs, ByteBlock mcontext, PowerPcFeatures features)
    {
        for (int i = 0; i < PtRegs; i++)
        {
            if (i is not Msr and not Softe)
            {
                regs.Set(cpu, i, Word(mcontext, 4 * i));
            }
        }

        ulong msr = Word(mcontext, 4 * Msr);
        regs.Merge(cpu, PowerPcMsr.Le, msr);
        regs.Merge(cpu, PowerPcMsr.Fp | PowerPcMsr.Fe0 | PowerPcMsr.Fe1 | PowerPcMsr.Vec | PowerPcMsr.Vsx, 0);
        for (int i = 0; i < 33; i++)
        {
            regs.Set(cpu, Fpr + i, mcontext.Word(FpRegsOffset + (8 * i), bigEndian: true));
        }

        if ((features & PowerPcFeatures.Altivec) != PowerPcFeatures.None)
        {
            RestoreVectors(cpu, regs, mcontext, (msr & (ulong)PowerPcMsr.Vec) != 0);
        }

        if ((features & PowerPcFeatures.Vsx) != PowerPcFeatures.None)
        {
            bool isThere = (msr & (ulong)PowerPcMsr.Vsx) != 0;
            for (int i = 0; i < 32; i++)
            {
                regs.Set(cpu, VsrLow + i, isThere ? mcontext.Word(VsxOffset + (8 * i), bigEndian: true) : 0);
            }
        }
    }

    /// <summary>The mask of a ucontext, low half first.</summary>
    internal static ulong MaskOf(ByteBlock ucontext)
        => Word(ucontext, MaskOffset) | (Word(ucontext, MaskOffset + 4) << 32);

    /// <summary>uc_regs.</summary>
    internal static ulong MContextOf(ByteBlock ucontext) => Word(ucontext, RegsPointerOffset);

    /// <summary>The mask of a sigcontext.</summary>
    internal static ulong OldMaskOf(ByteBlock sigcontext) => Word(sigcontext, 24) | (Word(sigcontext, 12) << 32);

    /// <summary>Where a sigcontext has its registers.</summary>
    internal static ulong OldMContextOf(ByteBlock sigcontext) => Word(sigcontext, 28);

    internal static AltStack StackOf(ByteBlock ucontext)
        => new(Word(ucontext, StackOffset), Word(ucontext, StackOffset + 8));

    internal static int StackFlagsOf(ByteBlock ucontext) => (int)Word(ucontext, StackOffset + 4);

    /// <summary>save_user_regs(): vrsave shares a quadword with vscr.</summary>
    private void PutMContext(Cpu cpu, RegisterFile regs, Span<byte> bytes, PowerPcFeatures features)
    {
        for (int i = 0; i < PtRegs; i++)
        {
            Put(bytes, 4 * i, regs.Get(cpu, i));
        }

        for (int i = 0; i < 33; i++)
        {
            bytes.PutU64(FpRegsOffset + (8 * i), regs.Get(cpu, Fpr + i), bigEndian: true);
        }

        ulong msr = regs.Get(cpu, Msr) & ~(ulong)(PowerPcMsr.Vec | PowerPcMsr.Vsx);
        if ((features & PowerPcFeatures.Altivec) != PowerPcFeatures.None)
        {
            if (regs.Get(cpu, UsedVr) != 0)
            {
                msr |= (ulong)PowerPcMsr.Vec;
                for (int i = 0; i < 2 * 33; i++)
                {
                    bytes.PutU64(VRegsOffset + (8 * i), regs.Get(cpu, Vr + i), bigEndian: true);
                }
            }

            Put(bytes, VrSaveOffset, regs.Get(cpu, Vr + (2 * 33)) >> 32);
        }

        if ((features & PowerPcFeatures.Vsx) != PowerPcFeatures.None && regs.Get(cpu, UsedVsr) != 0)
        {
            msr |= (ulong)PowerPcMsr.Vsx;
            for (int i = 0; i < 32; i++)
            {
                bytes.PutU64(VsxOffset + (8 * i), regs.Get(cpu, VsrLow + i), bigEndian: true);
            }
        }

        Put(bytes, 4 * Msr, msr);
        Put(bytes, TrampolineOffset, LiR0 | (IsRt ? RtSigreturn : Sigreturn));
        Put(bytes, TrampolineOffset + 4, Sc);
    }

    private static void RestoreVectors(Cpu cpu, RegisterFile regs, ByteBlock mcontext, bool isThere)
    {
        for (int i = 0; i < 2 * 33; i++)
        {
            regs.Set(cpu, Vr + i, isThere ? mcontext.Word(VRegsOffset + (8 * i), bigEndian: true) : 0);
        }

        regs.Set(cpu, Vr + (2 * 33), Word(mcontext, VrSaveOffset) << 32);
    }

    private static ulong Word(ByteBlock image, int offset) => image.Half(offset, bigEndian: true);

    private static void Put(Span<byte> bytes, int offset, ulong value)
        => bytes.PutU32(offset, (uint)value, bigEndian: true);
}
