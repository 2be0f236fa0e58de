using System.Numerics;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>Between integers and floating point, between its formats, and comparison.</summary>
public sealed partial class X86Interpreter
{
    private ulong FromInteger(long value, X86FloatFormat format)
    {
        if (value == 0)
        {
            return 0;
        }

        ulong size = value < 0 ? (ulong)-value : (ulong)value;
        int zeros = BitOperations.LeadingZeroCount(size);
        return Round(value < 0 ? format.SignBit : 0, 63 - zeros, size << zeros, format);
    }

    /// <summary>An integer of so many bytes; the most negative one when it does not fit.</summary>
    private ulong ToInteger(ulong value, X86FloatFormat format, int size, bool truncates)
    {
        value = Operand(value, format);
        if (format.IsZero(value))
        {
            return 0;
        }

        bool isNegative = format.IsNegative(value);
        (ulong bits, int exponent) = format.IsNan(value) || format.IsInfinite(value) ? (0, 64) : format.Unpack(value);
        if (exponent > 63)
        {
            return NoInteger(size);
        }

        // The point is put behind bit 1 of 128, so that rounding sees a half and what is below it.
        UInt128 wide = exponent < -2 ? 1 : ((UInt128)bits << 1 << 2) >> (63 - exponent);
        bool isLost = exponent >= -2 && wide << (63 - exponent) != (UInt128)bits << 3;
        wide |= isLost ? 1u : 0;
        UInt128 whole = wide >> 3;
        uint rest = (uint)wide & 7;
        uint mode = truncates ? Rounding : _mxcsr & Rounding;
        bool up = mode switch
        {
            0 => rest > 4 || (rest == 4 && (whole & 1) != 0),
            0x2000 => isNegative && rest != 0,
            0x4000 => !isNegative && rest != 0,
            _ => false,
        };
        whole += up ? 1u : 0;
        if (whole > (isNegative ? Sign(size) : Sign(size) - 1))
        {
            return NoInteger(size);
        }

        _raised |= rest != 0 ? Inexact : 0;
        return (isNegative ? 0 - (ulong)whole : (ulong)whole) & Mask(size);
    }

    private ulong NoInteger(int size)
    {
        _raised |= Invalid;
        return Sign(size);
    }

    private ulong Convert(ulong value, X86FloatFormat from, X86FloatFormat to)
    {
        value = Operand(value, from);
        ulong sign = from.IsNegative(value) ? to.SignBit : 0;
        int shift = to.Precision - from.Precision;
        if (from.IsNan(value))
        {
            _raised |= from.IsSignaling(value) ? Invalid : 0;
            ulong fraction = value & from.Fraction;
            return sign | to.Infinity | to.Quiet | (shift > 0 ? fraction << shift : fraction >> -shift);
        }

        if (from.IsInfinite(value) || from.IsZero(value))
        {
            return sign | (from.IsZero(value) ? 0 : to.Infinity);
        }

        NoteDenormal(value, value, from);
        (ulong bits, int exponent) = from.Unpack(value);
        return Round(sign, exponent, bits, to);
    }

    /// <summary>ucomis and comis, which differ in whether a quiet NaN is an exception.</summary>
    private void Compare(ulong a, ulong b, X86FloatFormat format, bool isQuiet)
    {
        a = Operand(a, format);
        b = Operand(b, format);
        bool isUnordered = NoteComparison(a, b, format, isQuiet);
        RaiseFloat();
        SetFlags(
            Cf | Pf | Af | Zf | Sf | Of,
            isUnordered ? Cf | Pf | Zf : IsLess(a, b, format) ? Cf : IsLess(b, a, format) ? 0 : Zf);
    }

    /// <summary>cmpps and its kin: eq, lt, le, unord, and their opposites.</summary>
    private bool Holds(int predicate, ulong a, ulong b, X86FloatFormat format)
    {
        a = Operand(a, format);
        b = Operand(b, format);
        int kind = predicate & 3;
        bool isUnordered = NoteComparison(a, b, format, kind is 0 or 3);
        bool holds = kind switch
        {
            0 => !isUnordered && Ordered(a, format) == Ordered(b, format),
            1 => !isUnordered && IsLess(a, b, format),
            2 => !isUnordered && !IsLess(b, a, format),
            _ => isUnordered,
        };
        return holds != ((predicate & 4) != 0);
    }

    private bool NoteComparison(ulong a, ulong b, X86FloatFormat format, bool isQuiet)
    {
        if (format.IsNan(a) || format.IsNan(b))
        {
            _raised |= !isQuiet || format.IsSignaling(a) || format.IsSignaling(b) ? Invalid : 0;
            return true;
        }

        NoteDenormal(a, b, format);
        return false;
    }
}
