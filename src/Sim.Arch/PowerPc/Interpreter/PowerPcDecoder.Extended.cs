using static Sim.Arch.PowerPc.Interpreter.PowerPcOp;
using static Sim.Arch.PowerPc.Interpreter.PowerPcVariant;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Primary opcode 31.</summary>
internal static partial class PowerPcDecoder
{
    private static PowerPcInstruction DecodeExtended(Fields f)
    {
        if ((f.Extended & 31) == 15)
        {
            return f.Make(Select) with { A = f.Base };
        }

        PowerPcInstruction memory = DecodeExtendedAccess(f);
        if (memory.Op != Undefined)
        {
            return memory;
        }

        PowerPcInstruction arithmetic = DecodeExtendedArithmetic(f);
        if (arithmetic.Op != Undefined)
        {
            return arithmetic;
        }

        PowerPcInstruction logic = DecodeExtendedLogic(f);
        return logic.Op != Undefined ? logic : DecodeExtendedSystem(f);
    }

    private static PowerPcInstruction DecodeExtendedAccess(Fields f) => f.Extended switch
    {
        20 => f.Indexed(LoadReserve, None, 4),
        21 => f.Indexed(LoadDouble),
        23 => f.Indexed(LoadWord),
        53 => f.Indexed(LoadDouble, Update),
        55 => f.Indexed(LoadWord, Update),
        84 => f.Indexed(LoadReserve, None, 8),
        87 => f.Indexed(LoadByte),
        119 => f.Indexed(LoadByte, Update),
        149 => f.Indexed(StoreDouble),
        150 when f.RecordBit != None => f.Indexed(StoreConditional, None, 4),
        151 => f.Indexed(StoreWord),
        181 => f.Indexed(StoreDouble, Update),
        183 => f.Indexed(StoreWord, Update),
        214 when f.RecordBit != None => f.Indexed(StoreConditional, None, 8),
        215 => f.Indexed(StoreByte),
        247 => f.Indexed(StoreByte, Update),
        279 => f.Indexed(LoadHalf),
        311 => f.Indexed(LoadHalf, Update),
        341 => f.Indexed(LoadWordAlgebraic),
        343 => f.Indexed(LoadHalfAlgebraic),
        373 => f.Indexed(LoadWordAlgebraic, Update),
        375 => f.Indexed(LoadHalfAlgebraic, Update),
        407 => f.Indexed(StoreHalf),
        439 => f.Indexed(StoreHalf, Update),
        532 => f.Indexed(LoadReversed, None, 8),
        533 => f.Indexed(LoadString),
        534 => f.Indexed(LoadReversed, None, 4),
        535 => f.Indexed(LoadFloatSingle),
        567 => f.Indexed(LoadFloatSingle, Update),
        597 => f.Indexed(LoadString, First) with { B = Zero, C = StringLength(f) },
        599 => f.Indexed(LoadFloatDouble),
        631 => f.Indexed(LoadFloatDouble, Update),
        660 => f.Indexed(StoreReversed, None, 8),
        661 => f.Indexed(StoreString),
        662 => f.Indexed(StoreReversed, None, 4),
        663 => f.Indexed(StoreFloatSingle),
        695 => f.Indexed(StoreFloatSingle, Update),
        725 => f.Indexed(StoreString, First) with { B = Zero, C = StringLength(f) },
        727 => f.Indexed(StoreFloatDouble),
        759 => f.Indexed(StoreFloatDouble, Update),
        790 => f.Indexed(LoadReversed, None, 2),
        855 => f.Indexed(LoadFloatWordAlgebraic),
        887 => f.Indexed(LoadFloatWordAlgebraic, First),
        918 => f.Indexed(StoreReversed, None, 2),
        983 => f.Indexed(StoreFloatWord),
        1014 => f.Indexed(ClearBlock),
        _ => NoInstruction,
    };

    private static PowerPcInstruction DecodeExtendedArithmetic(Fields f)
    {
        PowerPcVariant both = f.RecordBit | f.OverflowBit;
        return (f.Extended & 0x1ff) switch
        {
            8 => f.Make(SubtractFromCarrying, both),
            10 => f.Make(AddCarrying, both),
            40 => f.Make(SubtractFrom, both),
            104 => f.Make(Negate, both),
            136 => f.Make(SubtractFromExtended, both),
            138 => f.Make(AddExtended, both),
            200 => f.Make(SubtractFromZero, both),
            202 => f.Make(AddToZero, both),
            232 => f.Make(SubtractFromMinusOne, both),
            233 => f.Make(MultiplyDouble, both),
            234 => f.Make(AddToMinusOne, both),
            235 => f.Make(MultiplyWord, both),
            266 => f.Make(Add, both),
            393 => f.Make(DivideDoubleExtendedUnsigned, both),
            395 => f.Make(DivideWordExtendedUnsigned, both),
            425 => f.Make(DivideDoubleExtended, both),
            427 => f.Make(DivideWordExtended, both),
            457 => f.Make(DivideDoubleUnsigned, both),
            459 => f.Make(DivideWordUnsigned, both),
            489 => f.Make(DivideDouble, both),
            491 => f.Make(DivideWord, both),
            _ => f.Extended switch
            {
                0 => f.Make(Compare, f.Width) with { T = f.CrField },
                9 => f.Make(MultiplyHighDoubleUnsigned, f.RecordBit),
                11 => f.Make(MultiplyHighWordUnsigned, f.RecordBit),
                32 => f.Make(CompareLogical, f.Width) with { T = f.CrField },
                73 => f.Make(MultiplyHighDouble, f.RecordBit),
                75 => f.Make(MultiplyHighWord, f.RecordBit),
                _ => NoInstruction,
            },
        };
    }

    private static PowerPcInstruction DecodeExtendedLogic(Fields f) => f.Extended switch
    {
        24 => f.Make(ShiftLeftWord, f.RecordBit),
        26 => f.Make(CountLeadingZerosWord, f.RecordBit),
        27 => f.Make(ShiftLeftDouble, f.RecordBit),
        28 => f.Make(And, f.RecordBit),
        58 => f.Make(CountLeadingZerosDouble, f.RecordBit),
        60 => f.Make(AndComplement, f.RecordBit),
        122 => f.Make(PopulationCountBytes),
        124 => f.Make(Nor, f.RecordBit),
        154 => f.Make(ParityWord),
        186 => f.Make(ParityDouble),
        252 => f.Make(PermuteBits),
        284 => f.Make(Equivalent, f.RecordBit),
        316 => f.Make(Xor, f.RecordBit),
        378 => f.Make(PopulationCountWords),
        412 => f.Make(OrComplement, f.RecordBit),
        444 => f.Make(Or, f.RecordBit),
        476 => f.Make(Nand, f.RecordBit),
        506 => f.Make(PopulationCountDouble),
        508 => f.Make(CompareBytes),
        536 => f.Make(ShiftRightWord, f.RecordBit),
        539 => f.Make(ShiftRightDouble, f.RecordBit),
        792 => f.Make(ShiftRightAlgebraicWord, f.RecordBit),
        794 => f.Make(ShiftRightAlgebraicDouble, f.RecordBit),
        824 => f.Make(ShiftRightAlgebraicWordImmediate, f.RecordBit),
        826 or 827 => f.Make(ShiftRightAlgebraicDoubleImmediate, f.RecordBit) with { B = f.Shift6 },
        922 => f.Make(ExtendHalf, f.RecordBit),
        954 => f.Make(ExtendByte, f.RecordBit),
        986 => f.Make(ExtendWord, f.RecordBit),
        _ => NoInstruction,
    };

    private static PowerPcInstruction DecodeExtendedSystem(Fields f) => f.Extended switch
    {
        4 => f.Make(TrapWord),
        19 => f.Make(MoveFromCr) with { Mask = MaskOfFields(f) },
        54 or 86 or 246 or 278 or 598 or 758 or 854 or 982 => f.Make(Nothing),
        68 => f.Make(TrapDouble, PowerPcVariant.Wide),
        83 or 146 or 178 or 210 or 242 or 274 or 306 or 370 or 402 or 434 or 470 or 498 or 566 or 595 or 659 or 851 or 915
            => f.Make(Privileged),
        144 => f.Make(MoveToCr) with { Mask = MaskOfFields(f) },
        339 or 371 => DecodeMoveFrom(f),
        467 => DecodeMoveTo(f),
        512 => f.Make(MoveXerToCr) with { T = f.CrField },
        _ => NoInstruction,
    };

    /// <summary>The bits of the condition register that a field mask names; all of them without one.</summary>
    private static ulong MaskOfFields(Fields f)
    {
        uint fields = (f.Word >> 12) & 0xff;
        if (f.Extended == 19 && (f.Word & 0x0010_0000) == 0)
        {
            return uint.MaxValue;
        }

        ulong mask = 0;
        for (int i = 0; i < 8; i++)
        {
            mask |= (fields & (0x80u >> i)) != 0 ? 0xf000_0000UL >> (4 * i) : 0;
        }

        return mask;
    }

    private static PowerPcInstruction DecodeMoveFrom(Fields f) => SpecialRegister(f) switch
    {
        1 => f.Make(MoveFromXer),
        8 => f.Make(MoveFromLink),
        9 => f.Make(MoveFromCtr),
        256 => f.Make(MoveFromVrsave),
        268 => f.Make(MoveFromTimeBase),
        269 => f.Make(MoveFromTimeBaseUpper),
        287 => f.Make(MoveFromVersion),
        int number => (number & 16) != 0 ? f.Make(Privileged) : NoInstruction,
    };

    private static PowerPcInstruction DecodeMoveTo(Fields f) => SpecialRegister(f) switch
    {
        1 => f.Make(MoveToXer),
        8 => f.Make(MoveToLink),
        9 => f.Make(MoveToCtr),
        256 => f.Make(MoveToVrsave),
        896 or 898 => f.Make(Nothing),
        int number => (number & 16) != 0 ? f.Make(Privileged) : NoInstruction,
    };

    /// <summary>The number of a special register: its halves are swapped in the word.</summary>
    private static int SpecialRegister(Fields f) => f.A | (f.B << 5);

    private static byte StringLength(Fields f) => f.B == 0 ? (byte)32 : f.B;
}
