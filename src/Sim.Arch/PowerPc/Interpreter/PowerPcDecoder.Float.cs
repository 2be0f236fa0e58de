using static Sim.Arch.PowerPc.Interpreter.PowerPcOp;
using static Sim.Arch.PowerPc.Interpreter.PowerPcVariant;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>Primary opcodes 59 and 63.</summary>
internal static partial class PowerPcDecoder
{
    private static PowerPcInstruction DecodeFloatSingle(Fields f)
        => f.Extended is 846 or 974
            ? f.Make(FloatFromInteger, f.RecordBit | Narrow | (f.Extended == 974 ? First : None))
            : DecodeFloatArithmetic(f, Narrow);

    private static PowerPcInstruction DecodeFloatDouble(Fields f)
    {
        PowerPcVariant record = f.RecordBit;
        PowerPcInstruction arithmetic = DecodeFloatArithmetic(f, None);
        return arithmetic.Op != Undefined ? arithmetic : f.Extended switch
        {
            0 => f.Make(FloatCompare) with { T = f.CrField },
            8 => f.Make(FloatCopySign, record),
            12 => f.Make(FloatRoundToSingle, record | Narrow),
            14 => f.Make(FloatToInteger, record),
            15 => f.Make(FloatToInteger, record | First),
            32 => f.Make(FloatCompare, First) with { T = f.CrField },
            38 => f.Make(MoveToFpscrBit, record | First),
            40 => f.Make(FloatNegate, record),
            64 => f.Make(MoveFpscrToCr) with { T = f.CrField, A = (byte)(f.A >> 2) },
            70 => f.Make(MoveToFpscrBit, record),
            72 => f.Make(FloatMove, record),
            134 => f.Make(MoveToFpscrImmediate, record) with { T = f.CrField, B = (byte)(f.B >> 1) },
            136 => f.Make(FloatNegativeAbsolute, record),
            142 => f.Make(FloatToInteger, record | Second),
            143 => f.Make(FloatToInteger, record | First | Second),
            264 => f.Make(FloatAbsolute, record),
            392 or 424 or 456 or 488 => f.Make(FloatRoundToInteger, record) with { C = (byte)((f.Extended >> 5) & 3) },
            583 => f.Make(MoveFromFpscr, record),
            711 => f.Make(MoveToFpscr, record) with { Mask = MaskOfFpscr(f) },
            814 => f.Make(FloatToInteger, record | PowerPcVariant.Wide),
            815 => f.Make(FloatToInteger, record | PowerPcVariant.Wide | First),
            846 => f.Make(FloatFromInteger, record),
            942 => f.Make(FloatToInteger, record | PowerPcVariant.Wide | Second),
            943 => f.Make(FloatToInteger, record | PowerPcVariant.Wide | First | Second),
            974 => f.Make(FloatFromInteger, record | First),
            _ => NoInstruction,
        };
    }

    private static PowerPcInstruction DecodeFloatArithmetic(Fields f, PowerPcVariant precision)
    {
        PowerPcVariant variant = f.RecordBit | precision;
        return (f.Extended & 31) switch
        {
            18 => f.Make(FloatDivide, variant),
            20 => f.Make(FloatSubtract, variant),
            21 => f.Make(FloatAdd, variant),
            22 => f.Make(FloatSquareRoot, variant),
            23 when precision == None => f.Make(FloatSelect, variant),
            24 => f.Make(FloatReciprocalEstimate, variant),
            25 => f.Make(FloatMultiply, variant),
            26 => f.Make(FloatReciprocalRootEstimate, variant),
            28 => f.Make(FloatMultiplySubtract, variant),
            29 => f.Make(FloatMultiplyAdd, variant),
            30 => f.Make(FloatNegativeMultiplySubtract, variant),
            31 => f.Make(FloatNegativeMultiplyAdd, variant),
            _ => NoInstruction,
        };
    }

    /// <summary>The bits of the FPSCR that mtfsf may change.</summary>
    private static ulong MaskOfFpscr(Fields f)
    {
        ulong mask = (f.Word & 0x0200_0000) != 0 ? uint.MaxValue : 0;
        for (int i = 0; i < 8; i++)
        {
            mask |= ((f.Word >> 17) & (0x80u >> i)) != 0 ? 0xf000_0000UL >> (4 * i) : 0;
        }

        return mask;
    }
}
