using System.Collections.Immutable;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>
/// struct rt_sigframe of a 64-bit program: the return address (pretcode), the ucontext, the siginfo;
/// above it the floating point state, 64-byte aligned; above that the red zone.
/// </summary>
/// <param name="Address">Lowest address; 0 when no frame fits.</param>
/// <param name="FpState">Where the floating point state is; 0 for none.</param>
[Immutable]
internal readonly record struct X86SignalFrame(ulong Address, ulong FpState)
{
    /// <summary>Bytes of the frame.</summary>
    internal const int Size = InfoOffset + SiginfoImage.Size;

    /// <summary>Bytes from pretcode to the end of what the sigcontext holds.</summary>
    internal const int ImageSize = FpStateOffset + 8;

    /// <summary>Bytes below the stack pointer that the program may use.</summary>
    internal const int RedZone = 128;

    private const int UContextOffset = 8;
    private const int StackOffset = UContextOffset + 16;
    private const int SigContextOffset = StackOffset + 24;
    private const int SelectorsOffset = SigContextOffset + (18 * 8);
    private const int ErrOffset = SelectorsOffset + 8;
    private const int TrapNoOffset = ErrOffset + 8;
    private const int OldMaskOffset = TrapNoOffset + 8;
    private const int Cr2Offset = OldMaskOffset + 8;
    private const int FpStateOffset = Cr2Offset + 8;
    private const int MaskOffset = SigContextOffset + 256;
    private const int InfoOffset = MaskOffset + 8;

    /// <summary>The registers at the head of struct sigcontext, in its order.</summary>
    private static readonly ImmutableArray<int> s_registers =
        [R8, R9, R10, R11, R12, R13, R14, R15, Di, Si, Bp, Bx, Dx, Ax, Cx, Sp, Ip, Flags];

    /// <summary>Whether the frame lies in user space.</summary>
    internal bool IsUsable => Address != 0;

    internal ulong UContext => Address + UContextOffset;

    internal ulong Mask => Address + MaskOffset;

    internal ulong Info => Address + InfoOffset;

    /// <summary>get_sigframe(): below the red zone or on the alternate stack, so that sp + 8 is 16-byte aligned.</summary>
    internal static X86SignalFrame Locate(Cpu cpu, RegisterFile regs, in SignalDelivery signal)
    {
        ulong user = regs.Get(cpu, Sp);
        ulong sp = user - RedZone;
        bool isOnStack = signal.Stack.Holds(user);
        if (!isOnStack && (signal.Flags & HandlerFlags.OnStack) != HandlerFlags.None && signal.Stack.Size != 0)
        {
            sp = signal.Stack.Sp + signal.Stack.Size;
        }

        ulong fpState = 0;
        if (X86Fpu.IsUsed(cpu, regs))
        {
            sp = (sp - X86Fpu.Size) & ~63UL;
            fpState = sp;
        }

        sp = ((sp - Size) & ~15UL) - 8;

        // Over the end of the alternate stack: no frame, so that the task dies rather than what is below.
        return isOnStack && !signal.Stack.Holds(sp)
            ? default
            : At(cpu, regs, sp) with { FpState = fpState };
    }

    /// <summary>A frame at an address, if access_ok() says so.</summary>
    internal static X86SignalFrame At(Cpu cpu, RegisterFile regs, ulong address)
    {
        ulong limit = X86Architecture.TaskSizeOf(cpu, regs);
        return address <= limit - Size ? new X86SignalFrame(address, 0) : default;
    }

    /// <summary>
    /// Pretcode, uc_flags, uc_link, uc_stack, and the sigcontext up to its pointer to the floating point state.
    /// </summary>
    internal ByteBlock Image(Cpu cpu, RegisterFile regs, in SignalDelivery signal)
    {
        Span<byte> bytes = stackalloc byte[ImageSize];
        bytes.Clear();
        Put(bytes, 0, signal.Restorer);
        Put(bytes, StackOffset, signal.Stack.Sp);
        Put(bytes, StackOffset + 8, (ulong)signal.Stack.Flags(regs.Get(cpu, Sp)));
        Put(bytes, StackOffset + 16, signal.Stack.Size);
        for (int i = 0; i < s_registers.Length; i++)
        {
            Put(bytes, SigContextOffset + (8 * i), regs.Get(cpu, s_registers[i]));
        }

        // Of the selectors only cs; gs and fs are 0.
        Put(bytes, SelectorsOffset, regs.Get(cpu, Cs) & 0xffff);
        Put(bytes, ErrOffset, regs.Get(cpu, ErrorCode));
        Put(bytes, TrapNoOffset, regs.Get(cpu, TrapNo));
        Put(bytes, OldMaskOffset, signal.Mask);
        Put(bytes, Cr2Offset, regs.Get(cpu, Cr2));
        Put(bytes, FpStateOffset, FpState);
        return new ByteBlock(bytes);
    }

    /// <summary>The siginfo.</summary>
    internal static ByteBlock InfoImage(in SignalDelivery signal)
    {
        Span<byte> bytes = stackalloc byte[SiginfoImage.Size];
        SiginfoImage.X86_64.Write(bytes, signal.Info);
        return new ByteBlock(bytes);
    }

    /// <summary>The FXSAVE image.</summary>
    internal static ByteBlock FpImage(Cpu cpu, RegisterFile regs)
    {
        Span<byte> bytes = stackalloc byte[X86Fpu.Size];
        for (int i = 0; i < FxSaveWords; i++)
        {
            Put(bytes, 8 * i, X86Fpu.Word(cpu, regs, i));
        }

        return new ByteBlock(bytes);
    }

    /// <summary>
    /// restore_sigcontext(): the registers as they are in the frame; cs with user privilege; ss, and
    /// all flags that user mode may not change, stay. No system call is in progress afterwards.
    /// </summary>
    internal static void Restore(Cpu cpu, RegisterFile regs, ByteBlock image)
    {
        for (int i = 0; i < s_registers.Length - 1; i++)
        {
            regs.Set(cpu, s_registers[i], image.Word(SigContextOffset + (8 * i), bigEndian: false));
        }

        ulong flags = image.Word(SigContextOffset + (8 * (s_registers.Length - 1)), bigEndian: false);
        regs.Merge(cpu, X86Flags.SignalFrame, flags);
        regs.Set(cpu, Cs, (image.Word(SelectorsOffset, bigEndian: false) & 0xffff) | X86Selector.RplMask);
        regs.Set(cpu, OrigAx, ulong.MaxValue);
    }

    /// <summary>Takes over an FXSAVE image; false when the processor would refuse it.</summary>
    internal static bool RestoreFp(Cpu cpu, RegisterFile regs, ByteBlock image)
    {
        if ((image.Half(X86Fpu.Mxcsr, bigEndian: false) & ~X86Fpu.MxcsrMask) != 0)
        {
            X86Fpu.Forget(cpu, regs);
            return false;
        }

        regs.Set(cpu, UsedMath, 1);
        for (int i = 0; i < FxSaveWords; i++)
        {
            regs.Set(cpu, FxSave + i, image.Word(8 * i, bigEndian: false));
        }

        return true;
    }

    internal static ulong FpStateOf(ByteBlock image) => image.Word(FpStateOffset, bigEndian: false);

    internal static AltStack StackOf(ByteBlock image)
        => new(image.Word(StackOffset, bigEndian: false), image.Word(StackOffset + 16, bigEndian: false));

    internal static int StackFlagsOf(ByteBlock image) => (int)image.Half(StackOffset + 8, bigEndian: false);

    private static void Put(Span<byte> bytes, int offset, ulong value)
        => bytes.PutU64(offset, value, bigEndian: false);
}
