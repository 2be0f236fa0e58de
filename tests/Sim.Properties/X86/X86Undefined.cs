using Iced.Intel;

namespace Sim.Properties.X86;

/// <summary>What the manuals leave undefined after an instruction: Iced's tables, and counts that only the registers tell.</summary>
internal static class X86Undefined
{
    private const ulong Cf = 1;
    private const ulong Af = 0x10;
    private const ulong Zf = 0x40;
    private const ulong Of = 0x800;

    /// <summary>The flags that may be anything.</summary>
    internal static ulong Flags(in Instruction i, X86State before)
    {
        Mnemonic mnemonic = i.Mnemonic;
        bool shifts = mnemonic is Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar;
        bool doubles = mnemonic is Mnemonic.Shld or Mnemonic.Shrd;
        if (!shifts && !doubles && mnemonic is not (Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr))
        {
            return Bits(i.RflagsUndefined);
        }

        int size = i.GetOpKind(0) == OpKind.Register ? i.GetOpRegister(0).GetSize() : i.MemorySize.GetSize();
        int last = i.OpCount - 1;
        int count = (int)(i.GetOpKind(last) == OpKind.Register ? before[1] : i.GetImmediate(last)) & (size == 8 ? 63 : 31);
        return count == 0 ? 0
            : (count > 1 ? Of : 0) | (shifts || doubles ? Af : 0) |
                (shifts && mnemonic != Mnemonic.Sar && count >= 8 * size ? Cf : 0);
    }

    /// <summary>
    /// Whether the result may be anything: bsf and bsr of 0, double shifts of 16 bits by more than 16, and bit 17 of MXCSR,
    /// which some processors have.
    /// </summary>
    internal static bool Result(in Instruction i, X86State before, X86State after) => i.Mnemonic switch
    {
        Mnemonic.Bsf or Mnemonic.Bsr => i.Op0Register.GetSize() == 4 && (after[X86State.Flags] & Zf) != 0,
        Mnemonic.Shld or Mnemonic.Shrd => i.Op1Register.GetSize() == 2 && i.GetOpKind(2) == OpKind.Register && (before[1] & 31) > 16,
        Mnemonic.Ldmxcsr => (after[X86State.Mxcsr] & 0x20000) != 0,
        _ => false,
    };

    private static ulong Bits(RflagsBits bits)
    {
        (RflagsBits Bit, ulong Value)[] all =
        [
            (RflagsBits.CF, Cf), (RflagsBits.PF, 4), (RflagsBits.AF, Af), (RflagsBits.ZF, Zf), (RflagsBits.SF, 0x80), (RflagsBits.OF, Of),
        ];
        ulong result = 0;
        foreach ((RflagsBits bit, ulong value) in all)
        {
            result |= (bits & bit) != RflagsBits.None ? value : 0;
        }

        return result;
    }
}
