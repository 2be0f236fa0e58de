using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>The FXSAVE image: FP of a 64-bit task, XFP of a 32-bit one.</summary>
[Immutable]
internal sealed class X86FxRegset(string name, uint coreNoteType, int n, int size)
    : Regset(name, n, size, coreNoteType, isBigEndian: false)
{
    /// <inheritdoc/>
    public override bool HasActive => true;

    /// <summary>xfpregs_active(): all or nothing.</summary>
    public override int Active(Cpu cpu, RegisterFile regs) => X86Fpu.IsUsed(cpu, regs) ? N : 0;

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        for (int at = 0; at < Size; at += 4)
        {
            into.PutU32(at, X86Fpu.Half(cpu, regs, (slot * Size) + at), IsBigEndian);
        }

        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        for (int at = 0; at < Size; at += 4)
        {
            X86Fpu.PutHalf(cpu, regs, (slot * Size) + at, from.U32(at, IsBigEndian));
        }

        return 0;
    }
}

/// <summary>
/// struct user_i387_ia32_struct: the FSAVE image of a 32-bit task, 7 words and eight registers of 10
/// bytes, made from the FXSAVE image.
/// </summary>
[Immutable]
internal sealed class X86LegacyFpRegset()
    : Regset("FP", 27, 4, NoteType.NT_PRFPREG, isBigEndian: false)
{
    private const int HeaderWords = 7;
    private const int RegisterBytes = 10;
    private const int FxRegisters = 32;
    private const uint Ones = 0xffff0000;

    /// <inheritdoc/>
    public override bool HasActive => true;

    /// <inheritdoc/>
    public override int Active(Cpu cpu, RegisterFile regs) => X86Fpu.IsUsed(cpu, regs) ? N : 0;

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        if (slot < HeaderWords)
        {
            into.PutU32(0, Header(cpu, regs, slot), IsBigEndian);
            return 0;
        }

        for (int i = 0; i < 4; i++)
        {
            int place = FxByte(((slot - HeaderWords) * 4) + i);
            into[i] = (byte)(X86Fpu.Word(cpu, regs, place / 8) >> (place % 8 * 8));
        }

        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        X86Fpu.Use(cpu, regs);
        if (slot < HeaderWords)
        {
            PutHeader(cpu, regs, slot, from.U32(0, IsBigEndian));
            return 0;
        }

        for (int i = 0; i < 4; i++)
        {
            int place = FxByte(((slot - HeaderWords) * 4) + i);
            int shift = place % 8 * 8;
            ulong old = regs.Get(cpu, FxSave + (place / 8));
            regs.Set(cpu, FxSave + (place / 8), (old & ~(0xffUL << shift)) | ((ulong)from[i] << shift));
        }

        return 0;
    }

    /// <summary>Where byte <paramref name="index"/> of the packed registers is in the FXSAVE image.</summary>
    private static int FxByte(int index)
        => FxRegisters + (index / RegisterBytes * 16) + (index % RegisterBytes);

    private static uint Header(Cpu cpu, RegisterFile regs, int slot)
    {
        uint control = X86Fpu.Half(cpu, regs, 0);
        uint tags = X86Fpu.Half(cpu, regs, 4);
        return slot switch
        {
            0 => (control & 0xffff) | Ones,
            1 => (control >> 16) | Ones,
            2 => X86Tags.Expand(cpu, regs, (byte)tags, (int)(control >> 27) & 7) | Ones,
            3 => X86Fpu.Half(cpu, regs, 8),
            4 => (uint)(regs.Get(cpu, Cs) & 0xffff) | (tags & Ones),
            5 => X86Fpu.Half(cpu, regs, 16),
            _ => (uint)(regs.Get(cpu, Ds) & 0xffff) | Ones,
        };
    }

    private static void PutHeader(Cpu cpu, RegisterFile regs, int slot, uint value)
    {
        uint control = X86Fpu.Half(cpu, regs, 0);
        uint tags = X86Fpu.Half(cpu, regs, 4);
        switch (slot)
        {
            case 0:
                X86Fpu.PutHalf(cpu, regs, 0, (control & Ones) | (value & 0xffff));
                break;
            case 1:
                X86Fpu.PutHalf(cpu, regs, 0, (control & 0xffff) | (value << 16));
                break;
            case 2:
                X86Fpu.PutHalf(cpu, regs, 4, (tags & Ones) | X86Tags.Abridge((ushort)value));
                break;
            case 3:
                X86Fpu.PutHalf(cpu, regs, 8, value);
                break;
            case 4:
                X86Fpu.PutHalf(cpu, regs, 4, (tags & 0xffff) | (value & Ones));
                break;
            case 5:
                X86Fpu.PutHalf(cpu, regs, 16, value);
                break;
            default:
                break;
        }
    }
}

/// <summary>Tag words: FXSAVE keeps one bit per register, FSAVE two.</summary>
internal static class X86Tags
{
    private const uint Valid = 0;
    private const uint Zero = 1;
    private const uint Special = 2;
    private const uint Empty = 3;
    private const ulong IntegerBit = 1UL << 63;

    /// <summary>Two bits per register, in register order, from the content of the registers.</summary>
    internal static uint Expand(Cpu cpu, RegisterFile regs, byte abridged, int top)
    {
        uint tags = 0;
        for (int physical = 0; physical < 8; physical++)
        {
            int stack = (physical - top) & 7;
            uint tag = ((abridged >> physical) & 1) == 0
                ? Empty
                : Classify(
                    X86Fpu.Word(cpu, regs, 4 + (2 * stack)),
                    (uint)X86Fpu.Word(cpu, regs, 5 + (2 * stack)) & 0x7fff);
            tags |= tag << (2 * physical);
        }

        return tags;
    }

    /// <summary>One bit per register: set unless it is empty.</summary>
    internal static uint Abridge(ushort tags)
    {
        uint abridged = 0;
        for (int physical = 0; physical < 8; physical++)
        {
            if (((tags >> (2 * physical)) & 3) != Empty)
            {
                abridged |= 1u << physical;
            }
        }

        return abridged;
    }

    private static uint Classify(ulong significand, uint exponent) => exponent switch
    {
        0x7fff => Special,
        0 => significand == 0 ? Zero : Special,
        _ => (significand & IntegerBit) != 0 ? Valid : Special,
    };
}
