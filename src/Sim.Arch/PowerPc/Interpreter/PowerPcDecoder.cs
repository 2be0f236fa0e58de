using static Sim.Arch.PowerPc.Interpreter.PowerPcOp;
using static Sim.Arch.PowerPc.Interpreter.PowerPcVariant;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>
/// From instruction words to what they do: the scalar instructions of user mode of Power ISA 2.06, without
/// vectors, decimal floating point and quadwords. Source: Power ISA version 2.06, book I.
/// </summary>
internal static partial class PowerPcDecoder
{
    private const byte Zero = PowerPcInstruction.Zero;

    private static PowerPcInstruction NoInstruction => default;

    /// <summary>Decodes a word.</summary>
    /// <param name="word">The word, in the order of the architecture.</param>
    /// <param name="address">Where it is: branches are relative to it.</param>
    /// <param name="is64">Whether the processor has the 64-bit instructions.</param>
    internal static PowerPcInstruction Decode(uint word, ulong address, bool is64)
    {
        var fields = new Fields(word);
        PowerPcInstruction instruction = fields.Primary switch
        {
            19 => DecodeConditionRegister(fields),
            31 => DecodeExtended(fields),
            59 => DecodeFloatSingle(fields),
            63 => DecodeFloatDouble(fields),
            >= 32 and <= 55 => DecodeDisplacement(fields),
            _ => DecodePrimary(fields, address),
        };
        return !is64 && Needs64(in instruction) ? NoInstruction : instruction;
    }

    private static PowerPcInstruction DecodePrimary(Fields f, ulong address) => f.Primary switch
    {
        2 => f.Make(TrapDouble, Wide) with { B = Zero, Immediate = f.Signed },
        3 => f.Make(TrapWord) with { B = Zero, Immediate = f.Signed },
        7 => f.Make(MultiplyImmediate) with { Immediate = f.Signed },
        8 => f.Make(SubtractFromImmediate) with { Immediate = f.Signed },
        10 => f.Make(CompareLogicalImmediate, f.Width) with { T = f.CrField, Immediate = f.Unsigned },
        11 => f.Make(CompareImmediate, f.Width) with { T = f.CrField, Immediate = f.Signed },
        12 => f.Make(AddImmediateCarrying) with { Immediate = f.Signed },
        13 => f.Make(AddImmediateCarrying, Record) with { Immediate = f.Signed },
        14 => f.Make(AddImmediate) with { A = f.Base, Immediate = f.Signed },
        15 => f.Make(AddImmediate) with { A = f.Base, Immediate = f.Signed << 16 },
        16 => f.Make(BranchConditional, f.LinkBit) with { Immediate = (long)f.Target(address, f.Near) },
        17 => (f.Word & 2) != 0 ? f.Make(SystemCall) : NoInstruction,
        18 => f.Make(Branch, f.LinkBit) with { Immediate = (long)f.Target(address, f.Far) },
        20 => f.Make(RotateWordInsert, f.RecordBit) with { Mask = f.WordMask },
        21 => f.Make(RotateWord, f.RecordBit) with { Mask = f.WordMask },
        23 => f.Make(RotateWordByRegister, f.RecordBit) with { Mask = f.WordMask },
        24 => f.Make(OrImmediate) with { Immediate = f.Unsigned },
        25 => f.Make(OrImmediate) with { Immediate = f.Unsigned << 16 },
        26 => f.Make(XorImmediate) with { Immediate = f.Unsigned },
        27 => f.Make(XorImmediate) with { Immediate = f.Unsigned << 16 },
        28 => f.Make(AndImmediate, Record) with { Immediate = f.Unsigned },
        29 => f.Make(AndImmediate, Record) with { Immediate = f.Unsigned << 16 },
        30 => DecodeRotateDouble(f),
        58 => (f.Word & 3) switch
        {
            0 => f.Displaced(LoadDouble, None, f.SignedBy4),
            1 => f.Displaced(LoadDouble, Update, f.SignedBy4),
            2 => f.Displaced(LoadWordAlgebraic, None, f.SignedBy4),
            _ => NoInstruction,
        },
        62 => (f.Word & 3) switch
        {
            0 => f.Displaced(StoreDouble, None, f.SignedBy4),
            1 => f.Displaced(StoreDouble, Update, f.SignedBy4),
            _ => NoInstruction,
        },
        _ => NoInstruction,
    };

    private static PowerPcInstruction DecodeDisplacement(Fields f)
    {
        PowerPcVariant update = (f.Primary & 1) != 0 ? Update : None;
        return (f.Primary & ~1u) switch
        {
            32 => f.Displaced(LoadWord, update, f.Signed),
            34 => f.Displaced(LoadByte, update, f.Signed),
            36 => f.Displaced(StoreWord, update, f.Signed),
            38 => f.Displaced(StoreByte, update, f.Signed),
            40 => f.Displaced(LoadHalf, update, f.Signed),
            42 => f.Displaced(LoadHalfAlgebraic, update, f.Signed),
            44 => f.Displaced(StoreHalf, update, f.Signed),
            46 => f.Displaced(f.Primary == 46 ? LoadMultiple : StoreMultiple, None, f.Signed),
            48 => f.Displaced(LoadFloatSingle, update, f.Signed),
            50 => f.Displaced(LoadFloatDouble, update, f.Signed),
            52 => f.Displaced(StoreFloatSingle, update, f.Signed),
            _ => f.Displaced(StoreFloatDouble, update, f.Signed),
        };
    }

    /// <summary>rldicl and its like: a shift of six bits, and where the mask begins or ends.</summary>
    private static PowerPcInstruction DecodeRotateDouble(Fields f)
    {
        byte shift = f.Shift6;
        int edge = (int)(((f.Word >> 6) & 31) | (f.Word & 32));
        PowerPcInstruction rotate = f.Make(RotateDouble, f.RecordBit) with { B = shift };
        return ((f.Word >> 1) & 15) switch
        {
            0 or 1 => rotate with { Mask = MaskOf(edge, 63) },
            2 or 3 => rotate with { Mask = MaskOf(0, edge) },
            4 or 5 => rotate with { Mask = MaskOf(edge, 63 - shift) },
            6 or 7 => rotate with { Op = RotateDoubleInsert, Mask = MaskOf(edge, 63 - shift) },
            8 => f.Make(RotateDoubleByRegister, f.RecordBit) with { Mask = MaskOf(edge, 63) },
            9 => f.Make(RotateDoubleByRegister, f.RecordBit) with { Mask = MaskOf(0, edge) },
            _ => NoInstruction,
        };
    }

    private static PowerPcInstruction DecodeConditionRegister(Fields f) => f.Extended switch
    {
        0 => f.Make(MoveCrField) with { T = f.CrField, A = (byte)(f.A >> 2) },
        16 => f.Make(BranchToLink, f.LinkBit),
        18 or 50 or 274 => f.Make(Privileged),
        33 => f.Make(CrNor),
        129 => f.Make(CrAndComplement),
        150 => f.Make(InstructionSync),
        193 => f.Make(CrXor),
        225 => f.Make(CrNand),
        257 => f.Make(CrAnd),
        289 => f.Make(CrEquivalent),
        417 => f.Make(CrOrComplement),
        449 => f.Make(CrOr),
        528 => (f.T & 4) != 0 ? f.Make(BranchToCtr, f.LinkBit) : NoInstruction,
        _ => NoInstruction,
    };

    /// <summary>MASK(mb, me): ones from a bit to another, around the end if need be; bit 0 is the most significant.</summary>
    internal static ulong MaskOf(int first, int last)
    {
        ulong from = ulong.MaxValue >> first;
        ulong to = ulong.MaxValue << (63 - last);
        return first <= last ? from & to : from | to;
    }

#pragma warning disable IDE0072 // the others are in both
    private static bool Needs64(in PowerPcInstruction instruction) => instruction.Op switch
    {
        LoadDouble or StoreDouble or LoadWordAlgebraic or ShiftLeftDouble or ShiftRightDouble or
            ShiftRightAlgebraicDouble or ShiftRightAlgebraicDoubleImmediate or RotateDouble or RotateDoubleByRegister or
            RotateDoubleInsert or MultiplyDouble or MultiplyHighDouble or MultiplyHighDoubleUnsigned or DivideDouble or
            DivideDoubleUnsigned or DivideDoubleExtended or DivideDoubleExtendedUnsigned or CountLeadingZerosDouble or
            ExtendWord or TrapDouble or PopulationCountDouble or ParityDouble or PermuteBits => true,
        LoadReserve or StoreConditional or LoadReversed or StoreReversed => instruction.C == 8,
        Compare or CompareLogical or CompareImmediate or CompareLogicalImmediate => instruction.IsWide,
        _ => false,
    };
#pragma warning restore IDE0072

    /// <summary>The fields of a word.</summary>
    private readonly struct Fields(uint word)
    {
        internal uint Word => word;

        internal uint Primary => word >> 26;

        internal uint Extended => (word >> 1) & 0x3ff;

        internal byte T => (byte)((word >> 21) & 31);

        internal byte A => (byte)((word >> 16) & 31);

        internal byte B => (byte)((word >> 11) & 31);

        internal byte C => (byte)((word >> 6) & 31);

        /// <summary>RA|0.</summary>
        internal byte Base => A == 0 ? Zero : A;

        internal byte CrField => (byte)(T >> 2);

        internal PowerPcVariant RecordBit => (word & 1) != 0 ? Record : None;

        internal PowerPcVariant OverflowBit => (word & 0x400) != 0 ? Overflow : None;

        internal PowerPcVariant LinkBit => (word & 1) != 0 ? Link : None;

        /// <summary>L of a comparison.</summary>
        internal PowerPcVariant Width => (T & 1) != 0 ? PowerPcVariant.Wide : None;

        internal long Signed => (short)word;

        internal long SignedBy4 => (short)(word & 0xfffc);

        internal long Unsigned => word & 0xffff;

        internal long Near => (short)(word & 0xfffc);

        internal long Far => (int)((word & 0x03ff_fffc) << 6) >> 6;

        internal byte Shift6 => (byte)(B | ((word & 2) << 4));

        /// <summary>The mask of a word rotate, whose result is doubled before it is masked.</summary>
        internal ulong WordMask => MaskOf(C + 32, (int)((word >> 1) & 31) + 32);

        internal ulong Target(ulong address, long displacement)
            => (word & 2) != 0 ? (ulong)displacement : address + (ulong)displacement;

        internal PowerPcInstruction Make(PowerPcOp op, PowerPcVariant variant = None) => new(op, variant, T, A, B, C, 0);

        /// <summary>An access at a displacement from a base.</summary>
        internal PowerPcInstruction Displaced(PowerPcOp op, PowerPcVariant variant, long displacement)
            => IsGoodUpdate(op, variant)
                ? new PowerPcInstruction(op, variant, T, Base, Zero, 0, displacement)
                : NoInstruction;

        /// <summary>An access at the sum of two registers.</summary>
        internal PowerPcInstruction Indexed(PowerPcOp op, PowerPcVariant variant = None, int size = 0)
            => IsGoodUpdate(op, variant)
                ? new PowerPcInstruction(op, variant, T, Base, B, (byte)size, 0)
                : NoInstruction;

        /// <summary>An update needs a base, which a load must not load.</summary>
        private bool IsGoodUpdate(PowerPcOp op, PowerPcVariant variant)
            => (variant & Update) == None || (A != 0 && (A != T || op is < LoadByte or > LoadDouble));
    }
}
