namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>
/// Floating point instructions. Exceptions that a program has enabled do not trap, as long as MSR.FE0 and FE1 are
/// not set, and Linux does not set them unless it is asked; results of enabled overflow are those of disabled.
/// </summary>
public sealed partial class PowerPcInterpreter
{
    private PowerPcRounding Mode => (PowerPcRounding)(_fpscr & (uint)PowerPcFpscr.Rn);

#pragma warning disable IDE0010, MA0051 // one case for each operation
    private bool ExecuteFloat(in PowerPcInstruction i)
    {
        ulong a = _f[i.A & 31];
        ulong b = _f[i.B & 31];
        ulong c = _f[i.C & 31];
        bool narrow = i.IsNarrow;
        switch (i.Op)
        {
            case PowerPcOp.FloatAdd:
                return Finish(in i, PowerPcFloat.Add(a, b, Mode, narrow));
            case PowerPcOp.FloatSubtract:
                return Finish(in i, PowerPcFloat.Add(a, Negated(b), Mode, narrow));
            case PowerPcOp.FloatMultiply:
                return Finish(in i, PowerPcFloat.Multiply(a, c, Mode, narrow));
            case PowerPcOp.FloatDivide:
                return Finish(in i, PowerPcFloat.Divide(a, b, Mode, narrow));
            case PowerPcOp.FloatSquareRoot:
                return Finish(in i, PowerPcFloat.SquareRoot(b, Mode, narrow));
            case PowerPcOp.FloatMultiplyAdd:
                return Finish(in i, PowerPcFloat.MultiplyAdd(a, c, b, Mode, narrow));
            case PowerPcOp.FloatMultiplySubtract:
                return Finish(in i, PowerPcFloat.MultiplyAdd(a, c, Negated(b), Mode, narrow));
            case PowerPcOp.FloatNegativeMultiplyAdd:
                return Finish(in i, Negated(PowerPcFloat.MultiplyAdd(a, c, b, Mode, narrow)));
            case PowerPcOp.FloatNegativeMultiplySubtract:
                return Finish(in i, Negated(PowerPcFloat.MultiplyAdd(a, c, Negated(b), Mode, narrow)));
            case PowerPcOp.FloatReciprocalEstimate:
                return Finish(in i, PowerPcFloat.Divide(One, b, Mode, narrow));
            case PowerPcOp.FloatReciprocalRootEstimate:
                return Finish(in i, ReciprocalRoot(b, narrow));
            case PowerPcOp.FloatRoundToSingle:
                return Finish(in i, PowerPcFloat.RoundToSingle(b, Mode));
            case PowerPcOp.FloatToInteger:
                PowerPcRounding mode = i.IsFirst ? PowerPcRounding.Zero : Mode;
                return Finish(in i, PowerPcFloat.ToInteger(b, mode, i.IsWide, i.IsSecond), hasClass: false);
            case PowerPcOp.FloatFromInteger:
                return Finish(in i, PowerPcFloat.FromInteger(b, Mode, i.IsFirst, narrow));
            case PowerPcOp.FloatRoundToInteger:
                return Finish(in i, PowerPcFloat.RoundToInteger(b, i.C switch
                {
                    0 => PowerPcRounding.NearestAway,
                    1 => PowerPcRounding.Zero,
                    2 => PowerPcRounding.Up,
                    _ => PowerPcRounding.Down,
                }));
            case PowerPcOp.FloatMove:
                return Move(in i, b);
            case PowerPcOp.FloatNegate:
                return Move(in i, b ^ PowerPcFloat.Sign);
            case PowerPcOp.FloatAbsolute:
                return Move(in i, b & ~PowerPcFloat.Sign);
            case PowerPcOp.FloatNegativeAbsolute:
                return Move(in i, b | PowerPcFloat.Sign);
            case PowerPcOp.FloatCopySign:
                return Move(in i, (b & ~PowerPcFloat.Sign) | (a & PowerPcFloat.Sign));
            case PowerPcOp.FloatSelect:
                bool notNegative = !PowerPcFloat.IsNan(a) && ((a & PowerPcFloat.Sign) == 0 || PowerPcFloat.IsZero(a));
                return Move(in i, notNegative ? c : b);
            case PowerPcOp.FloatCompare:
                FloatCompare(i.T, a, b, i.IsFirst);
                return true;
            case PowerPcOp.MoveFromFpscr:
                return Move(in i, _fpscr);
            case PowerPcOp.MoveToFpscr:
                return SetFpscr(in i, ((uint)b & (uint)i.Mask) | (_fpscr & ~(uint)i.Mask));
            case PowerPcOp.MoveToFpscrImmediate:
                int shift = 28 - (4 * i.T);
                return SetFpscr(in i, (_fpscr & ~(0xfu << shift)) | ((uint)i.B << shift));
            case PowerPcOp.MoveToFpscrBit:
                uint bit = 0x8000_0000 >> i.T;
                return SetFpscr(in i, i.IsFirst ? _fpscr | bit | New(bit) : _fpscr & ~bit);
            case PowerPcOp.MoveFpscrToCr:
                int from = 28 - (4 * i.A);
                SetCrField(i.T, (_fpscr >> from) & 15);
                uint cleared = (uint)(PowerPcFpscr.Exceptions | PowerPcFpscr.Fx) & (0xfu << from);
                _fpscr = Summed(_fpscr & ~cleared);
                return true;
            default:
                return Undefined();
        }
    }

#pragma warning restore IDE0010, MA0051

    private const ulong One = 0x3ff0_0000_0000_0000;

    /// <summary>The number with the other sign; a NaN stays what it is.</summary>
    private static ulong Negated(ulong bits) => PowerPcFloat.IsNan(bits) ? bits : bits ^ PowerPcFloat.Sign;

    private static FloatResult Negated(FloatResult result) => result with { Bits = Negated(result.Bits) };

    /// <summary>An estimate may be as good as it likes.</summary>
    private FloatResult ReciprocalRoot(ulong b, bool narrow)
    {
        FloatResult root = PowerPcFloat.SquareRoot(b, Mode, narrow: false);
        if (PowerPcFloat.IsNan(root.Bits))
        {
            return root;
        }

        return PowerPcFloat.Divide(One, root.Bits, Mode, narrow);
    }

    private bool Move(in PowerPcInstruction i, ulong bits)
    {
        _f[i.T] = bits;
        RecordFloat(in i);
        return true;
    }

    /// <summary>Writes a result, unless what happened is enabled and forbids it, and tells the FPSCR.</summary>
    private bool Finish(in PowerPcInstruction i, FloatResult result, bool hasClass = true)
    {
        var happened = (uint)result.Happened;
        uint kept = _fpscr & ~(uint)(PowerPcFpscr.Fr | PowerPcFpscr.Fi);
        bool suppressed =
            ((happened & (uint)PowerPcFpscr.Invalid) != 0 && (_fpscr & (uint)PowerPcFpscr.Ve) != 0) ||
            ((happened & (uint)PowerPcFpscr.Zx) != 0 && (_fpscr & (uint)PowerPcFpscr.Ze) != 0);
        if (!suppressed)
        {
            _f[i.T] = result.Bits;
            if (hasClass)
            {
                kept = (kept & ~(uint)PowerPcFpscr.Fprf) | (ClassOf(result.Bits, i.IsNarrow) << 12);
            }
        }

        _fpscr = Summed(kept | happened | New(happened));
        RecordFloat(in i);
        return true;
    }

    /// <summary>FX, when an exception is there that was not.</summary>
    private uint New(uint bits)
        => (bits & ~_fpscr & (uint)PowerPcFpscr.Exceptions) != 0 ? (uint)PowerPcFpscr.Fx : 0;

    /// <summary>VX and FEX say what the other bits say.</summary>
    private static uint Summed(uint fpscr)
    {
        var bits = (PowerPcFpscr)fpscr & ~(PowerPcFpscr.Vx | PowerPcFpscr.Fex);
        if ((bits & PowerPcFpscr.Invalid) != PowerPcFpscr.None)
        {
            bits |= PowerPcFpscr.Vx;
        }

        // VX, OX, UX, ZX and XX stand in the order of their enabling bits.
        const uint Summaries = (uint)(PowerPcFpscr.Vx | PowerPcFpscr.Ox | PowerPcFpscr.Ux | PowerPcFpscr.Zx | PowerPcFpscr.Xx);
        bool enabled = (((uint)bits & Summaries) >> 22 & (uint)bits & 0xf8) != 0;
        return (uint)(enabled ? bits | PowerPcFpscr.Fex : bits);
    }

    private bool SetFpscr(in PowerPcInstruction i, uint value)
    {
        _fpscr = Summed(value & ~(uint)0x800);
        RecordFloat(in i);
        return true;
    }

    private void RecordFloat(in PowerPcInstruction i)
    {
        if (i.Records)
        {
            SetCrField(1, _fpscr >> 28);
        }
    }

    private void FloatCompare(int field, ulong a, ulong b, bool ordered)
    {
        PowerPcFpscr happened = PowerPcFpscr.None;
        uint order;
        if (PowerPcFloat.IsNan(a) || PowerPcFloat.IsNan(b))
        {
            order = 1;
            if (PowerPcFloat.IsSignalling(a) || PowerPcFloat.IsSignalling(b))
            {
                happened = PowerPcFpscr.VxSnan;
                if (ordered && (_fpscr & (uint)PowerPcFpscr.Ve) == 0)
                {
                    happened |= PowerPcFpscr.VxVc;
                }
            }
            else if (ordered)
            {
                happened = PowerPcFpscr.VxVc;
            }
        }
        else
        {
            double left = BitConverter.UInt64BitsToDouble(a);
            double right = BitConverter.UInt64BitsToDouble(b);
            order = left < right ? 8u : left > right ? 4u : 2u;
        }

        _fpscr = Summed((_fpscr & ~(uint)PowerPcFpscr.Fpcc) | (order << 12) | (uint)happened | New((uint)happened));
        SetCrField(field, order);
    }

    /// <summary>FPRF of a result: its class, and its sign.</summary>
    private static uint ClassOf(ulong bits, bool narrow)
    {
        bool negative = (bits & PowerPcFloat.Sign) != 0;
        ulong magnitude = bits & ~PowerPcFloat.Sign;
        ulong leastNormal = narrow ? 0x3810_0000_0000_0000UL : 0x0010_0000_0000_0000UL;
        return magnitude switch
        {
            0 => negative ? 0x12u : 0x02u,
            > PowerPcFloat.Infinity => 0x11,
            PowerPcFloat.Infinity => negative ? 0x09u : 0x05u,
            _ when magnitude < leastNormal => negative ? 0x18u : 0x14u,
            _ => negative ? 0x08u : 0x04u,
        };
    }
}
