using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>
/// struct rt_sigframe of a 64-bit program: the ucontext, the trampoline, the pointers to siginfo and
/// ucontext, the siginfo, and the 288 bytes below the stack pointer that the program may use. Below it
/// stands a dummy caller frame for the handler.
/// </summary>
/// <param name="Address">Lowest address; 0 when no frame fits.</param>
[Immutable]
internal readonly record struct Ppc64SignalFrame(ulong Address)
{
    /// <summary>Bytes of the frame.</summary>
    internal const int Size = (InfoOffset + SiginfoImage.Size + AbiGap + 15) & ~15;

    /// <summary>Bytes of the ucontext.</summary>
    internal const int UContextSize = VmxReserveOffset + (VmxReserveWords * 8);

    /// <summary>Bytes of vector registers, vrsave and VSX halves from where v_regs points.</summary>
    internal const int VectorsSize = VsxOffset + (32 * 8);

    /// <summary>__SIGNAL_FRAMESIZE: the dummy caller frame.</summary>
    internal const int CallerFrameSize = 128;

    private const int StackOffset = 16;
    private const int MaskOffset = StackOffset + 24;
    private const int SigContextOffset = MaskOffset + 128;
    private const int SignalOffset = SigContextOffset + 32;
    private const int HandlerOffset = SignalOffset + 8;
    private const int RegsPointerOffset = HandlerOffset + 16;
    private const int GpRegsOffset = RegsPointerOffset + 8;
    private const int FpRegsOffset = GpRegsOffset + (ElfNgreg * 8);
    private const int VRegsOffset = FpRegsOffset + (33 * 8);
    private const int VmxReserveOffset = VRegsOffset + 8;
    private const int VmxReserveWords = (2 * VrCount) + 32 + 1;
    private const int TrampolineOffset = UContextSize + 16;
    private const int PointersOffset = TrampolineOffset + 24;
    private const int InfoOffset = PointersOffset + 16;
    private const int AbiGap = 288;

    /// <summary>Bytes of 32 vector registers and vscr.</summary>
    private const int VrSaveOffset = 33 * 16;
    private const int VsxOffset = VrCount * 16;

    private const uint AddiR1 = 0x38210000;
    private const uint LiR0 = 0x38000000;
    private const uint Sc = 0x44000002;
    private const uint RtSigreturn = 172;

    /// <summary>Whether the frame lies in user space.</summary>
    internal bool IsUsable => Address != 0;

    internal ulong Mask => Address + MaskOffset;

    internal ulong SigContext => Address + SigContextOffset;

    internal ulong Trampoline => Address + TrampolineOffset;

    internal ulong Info => Address + InfoOffset;

    internal ulong CallerFrame => Address - CallerFrameSize;

    /// <summary>The vector registers: at the first quadword of vmx_reserve.</summary>
    private ulong Vectors => (Address + VmxReserveOffset + 15) & ~15UL;

    /// <summary>get_sigframe(): below the stack pointer or on the alternate stack, 16-byte aligned.</summary>
    internal static Ppc64SignalFrame Locate(ulong stackPointer, in SignalDelivery signal)
    {
        ulong sp = stackPointer;
        if ((signal.Flags & HandlerFlags.OnStack) != HandlerFlags.None && signal.Stack.Size != 0 &&
            !signal.Stack.Holds(stackPointer))
        {
            sp = signal.Stack.Sp + signal.Stack.Size;
        }

        return At((sp - Size) & ~15UL);
    }

    /// <summary>A frame at an address, if access_ok() says so.</summary>
    internal static Ppc64SignalFrame At(ulong address)
        => address <= PowerPcArchitecture.TaskSize64 - Size ? new Ppc64SignalFrame(address) : default;

    /// <summary>Everything up to the end of the siginfo.</summary>
    internal ByteBlock Image(Cpu cpu, RegisterFile regs, in SignalDelivery signal, PowerPcFeatures features)
    {
        Span<byte> bytes = stackalloc byte[InfoOffset + SiginfoImage.Size];
        bytes.Clear();
        Put(bytes, StackOffset, signal.Stack.Sp);
        bytes.PutU32(StackOffset + 8, (uint)signal.Stack.Flags(regs.Get(cpu, Gpr1)), bigEndian: true);
        Put(bytes, StackOffset + 16, signal.Stack.Size);
        Put(bytes, MaskOffset, signal.Mask);
        bytes.PutU32(SignalOffset, (uint)signal.Number, bigEndian: true);
        Put(bytes, HandlerOffset, signal.Handler);
        Put(bytes, RegsPointerOffset, Address + GpRegsOffset);
        for (int i = 0; i < PtRegs; i++)
        {
            Put(bytes, GpRegsOffset + (8 * i), regs.Get(cpu, i));
        }

        for (int i = 0; i < 33; i++)
        {
            Put(bytes, FpRegsOffset + (8 * i), regs.Get(cpu, Fpr + i));
        }

        PutVectors(cpu, regs, bytes, features);
        PutTrampoline(bytes);
        Put(bytes, PointersOffset, Info);
        Put(bytes, PointersOffset + 8, Address);
        SiginfoImage.Ppc64.Write(bytes[InfoOffset..], signal.Info);
        return new ByteBlock(bytes);
    }

    /// <summary>
    /// restore_sigcontext(): everything but the machine state, of which only the byte order is taken.
    /// The trap word comes back too, so that a frame of an interrupted call still looks like one.
    /// </summary>
    internal static void Restore(Cpu cpu, RegisterFile regs, ByteBlock image)
    {
        for (int i = 0; i < PtRegs; i++)
        {
            if (i is not Msr and not Softe)
            {
                regs.Set(cpu, i, Word(image, GpRegsOffset + (8 * i)));
            }
        }

        regs.Merge(cpu, PowerPcMsr.Le, SavedMsr(image));
        regs.Merge(cpu, PowerPcMsr.Fp | PowerPcMsr.Fe0 | PowerPcMsr.Fe1 | PowerPcMsr.Vec | PowerPcMsr.Vsx, 0);
        for (int i = 0; i < 33; i++)
        {
            regs.Set(cpu, Fpr + i, Word(image, FpRegsOffset + (8 * i)));
        }
    }

    /// <summary>Vector registers that the frame does not have become 0 if the task has used any.</summary>
    internal static void RestoreVectors(
        Cpu cpu, RegisterFile regs, ByteBlock image, ByteBlock? vectors, PowerPcFeatures features)
    {
        ulong msr = SavedMsr(image);
        if ((features & PowerPcFeatures.Altivec) != PowerPcFeatures.None)
        {
            bool isThere = vectors is not null && (msr & (ulong)PowerPcMsr.Vec) != 0;
            for (int i = 0; i < 2 * 33; i++)
            {
                regs.Set(cpu, Vr + i, isThere ? Word(vectors!, 8 * i) : 0);
            }

            ulong vrsave = vectors?.Half(VrSaveOffset, bigEndian: true) ?? 0;
            regs.Set(cpu, Vr + (2 * 33), vrsave << 32);
        }

        if ((features & PowerPcFeatures.Vsx) != PowerPcFeatures.None)
        {
            bool isThere = vectors is not null && (msr & (ulong)PowerPcMsr.Vsx) != 0;
            for (int i = 0; i < 32; i++)
            {
                regs.Set(cpu, VsrLow + i, isThere ? Word(vectors!, VsxOffset + (8 * i)) : 0);
            }
        }
    }

    internal static ulong VectorsOf(ByteBlock image) => Word(image, VRegsOffset);

    internal static AltStack StackOf(ByteBlock image)
        => new(Word(image, StackOffset), Word(image, StackOffset + 16));

    internal static int StackFlagsOf(ByteBlock image) => (int)image.Half(StackOffset + 8, bigEndian: true);

    /// <summary>The machine state in the frame says which vector registers are there.</summary>
    private void PutVectors(Cpu cpu, RegisterFile regs, Span<byte> bytes, PowerPcFeatures features)
    {
        ulong msr = regs.Get(cpu, Msr) & ~(ulong)(PowerPcMsr.Vec | PowerPcMsr.Vsx);
        int at = (int)(Vectors - Address);
        if ((features & PowerPcFeatures.Altivec) != PowerPcFeatures.None)
        {
            Put(bytes, VRegsOffset, Vectors);
            bytes.PutU32(at + VrSaveOffset, (uint)(regs.Get(cpu, Vr + (2 * 33)) >> 32), bigEndian: true);
            if (regs.Get(cpu, UsedVr) != 0)
            {
                msr |= (ulong)PowerPcMsr.Vec;
                for (int i = 0; i < 2 * 33; i++)
                {
                    Put(bytes, at + (8 * i), regs.Get(cpu, Vr + i));
                }
            }
        }

        if ((features & PowerPcFeatures.Vsx) != PowerPcFeatures.None && regs.Get(cpu, UsedVsr) != 0)
        {
            msr |= (ulong)PowerPcMsr.Vsx;
            for (int i = 0; i < 32; i++)
            {
                Put(bytes, at + VsxOffset + (8 * i), regs.Get(cpu, VsrLow + i));
            }
        }

        Put(bytes, GpRegsOffset + (8 * Msr), msr);
    }

    /// <summary>Drops the caller frame and calls rt_sigreturn; debuggers know a signal frame by these words.</summary>
    private static void PutTrampoline(Span<byte> bytes)
    {
        bytes.PutU32(TrampolineOffset, AddiR1 | CallerFrameSize, bigEndian: true);
        bytes.PutU32(TrampolineOffset + 4, LiR0 | RtSigreturn, bigEndian: true);
        bytes.PutU32(TrampolineOffset + 8, Sc, bigEndian: true);
    }

    private static ulong SavedMsr(ByteBlock image) => Word(image, GpRegsOffset + (8 * Msr));

    private static ulong Word(ByteBlock image, int offset) => image.Word(offset, bigEndian: true);

    private static void Put(Span<byte> bytes, int offset, ulong value)
        => bytes.PutU64(offset, value, bigEndian: true);
}
