using System.Numerics;

namespace Sim.Arch.X86_64.Interpreter;

/// <summary>
/// Floating point with the rounding, the exceptions and the not-a-numbers of SSE2, in integers: what the host
/// computes is not the same on every host, and says nothing of exceptions.
/// </summary>
public sealed partial class X86Interpreter
{
    private const uint Invalid = 1;
    private const uint Denormal = 2;
    private const uint ZeroDivide = 4;
    private const uint Overflow = 8;
    private const uint Underflow = 0x10;
    private const uint Inexact = 0x20;
    private const uint DenormalsAreZero = 0x40;
    private const uint InexactMask = 0x1000;
    private const uint Rounding = 0x6000;
    private const uint FlushToZero = 0x8000;

    private uint _mxcsr;
    private uint _raised;

    private enum FloatOperation
    {
        Add,
        Subtract,
        Multiply,
        Divide,
        SquareRoot,
        Least,
        Greatest,
    }

    private bool IsMasked(uint exception) => ((_mxcsr >> 7) & exception) != 0;

    /// <summary>
    /// Notes the exceptions of an instruction; one that is not masked is a fault, and what would come after the
    /// computation does not come when something before it was not masked.
    /// </summary>
    private void RaiseFloat()
    {
        uint raised = _raised;
        _raised = 0;
        uint unmasked = ~(_mxcsr >> 7) & 0x3f;
        const uint Before = Invalid | Denormal | ZeroDivide;
        if ((raised & unmasked & Before) != 0)
        {
            raised &= Before;
        }

        _mxcsr |= raised;
        uint faults = raised & unmasked;
        if (faults != 0)
        {
            throw FloatError(_mxcsr & unmasked);
        }
    }

    private X86Fault FloatError(uint exceptions)
    {
        int code = (exceptions & Invalid) != 0 ? 7
            : (exceptions & ZeroDivide) != 0 ? 3
            : (exceptions & Overflow) != 0 ? 4
            : (exceptions & (Underflow | Denormal)) != 0 ? 5 : 6;
        return new X86Fault(new AccessFault(Sigfpe, code, _ip), 19);
    }

    private ulong Compute(FloatOperation operation, ulong a, ulong b, X86FloatFormat format)
    {
        if (IsQuick(operation) && Quick(operation, a, b, format, out ulong quick))
        {
            return quick;
        }

        if (operation == FloatOperation.SquareRoot)
        {
            a = b;
        }

        a = Operand(a, format);
        b = Operand(b, format);
        if (operation is FloatOperation.Least or FloatOperation.Greatest)
        {
            return Extreme(operation, a, b, format);
        }

        if (format.IsNan(a) || format.IsNan(b))
        {
            _raised |= format.IsSignaling(a) || format.IsSignaling(b) ? Invalid : 0;
            return (format.IsNan(a) ? a : b) | format.Quiet;
        }

        ulong sign = (a ^ b) & format.SignBit;
        ulong result = operation switch
        {
            FloatOperation.Add => Sum(a, b, format),
            FloatOperation.Subtract => Sum(a, b ^ format.SignBit, format),
            FloatOperation.Multiply => Product(a, b, sign, format),
            FloatOperation.Divide => Quotient(a, b, sign, format),
            _ => Root(a, format),
        };
        return result;
    }

    /// <summary>With inexact results noted already and nothing unusual asked for, the host computes the same.</summary>
    private bool IsQuick(FloatOperation operation)
        => (_mxcsr & (Inexact | InexactMask | Rounding | FlushToZero | DenormalsAreZero)) == (Inexact | InexactMask) &&
            operation is not (FloatOperation.Least or FloatOperation.Greatest);

    private static bool Quick(FloatOperation operation, ulong a, ulong b, X86FloatFormat format, out ulong result)
    {
        bool isDouble = format.Bits == 64;
        result = isDouble
            ? BitConverter.DoubleToUInt64Bits(Host(operation, BitConverter.UInt64BitsToDouble(a), BitConverter.UInt64BitsToDouble(b)))
            : BitConverter.SingleToUInt32Bits(Host(operation, BitConverter.UInt32BitsToSingle((uint)a), BitConverter.UInt32BitsToSingle((uint)b)));
        return IsOrdinary(result, format) && IsOrdinary(b, format) && (operation == FloatOperation.SquareRoot || IsOrdinary(a, format));
    }

    /// <summary>Finite, and larger than the least normal numbers.</summary>
    private static bool IsOrdinary(ulong value, X86FloatFormat format)
    {
        ulong exponent = (value & format.Infinity) >> (format.Precision - 1);
        return exponent > 1 && exponent < format.Infinity >> (format.Precision - 1);
    }

    private static T Host<T>(FloatOperation operation, T a, T b)
        where T : struct, IFloatingPointIeee754<T> => operation switch
        {
            FloatOperation.Add => a + b,
            FloatOperation.Subtract => a - b,
            FloatOperation.Multiply => a * b,
            FloatOperation.Divide => a / b,
            _ => T.Sqrt(b),
        };

    /// <summary>A denormal operand is 0 when MXCSR says so.</summary>
    private ulong Operand(ulong value, X86FloatFormat format)
        => (_mxcsr & DenormalsAreZero) != 0 && format.IsDenormal(value) ? value & format.SignBit : value;

    private void NoteDenormal(ulong a, ulong b, X86FloatFormat format)
        => _raised |= format.IsDenormal(a) || format.IsDenormal(b) ? Denormal : 0;

    private ulong InvalidOperation(X86FloatFormat format)
    {
        _raised |= Invalid;
        return format.Indefinite;
    }

    private ulong Extreme(FloatOperation operation, ulong a, ulong b, X86FloatFormat format)
    {
        if (format.IsNan(a) || format.IsNan(b))
        {
            _raised |= Invalid;
            return b;
        }

        NoteDenormal(a, b, format);
        bool isFirst = operation == FloatOperation.Least ? IsLess(a, b, format) : IsLess(b, a, format);
        return isFirst ? a : b;
    }

    private static bool IsLess(ulong a, ulong b, X86FloatFormat format) => Ordered(a, format) < Ordered(b, format);

    private static long Ordered(ulong value, X86FloatFormat format)
    {
        long size = (long)(value & (format.SignBit - 1));
        return format.IsNegative(value) ? -size : size;
    }

    private ulong Sum(ulong a, ulong b, X86FloatFormat format)
    {
        if (format.IsInfinite(a) || format.IsInfinite(b))
        {
            if (format.IsInfinite(a) && format.IsInfinite(b) && a != b)
            {
                return InvalidOperation(format);
            }

            NoteDenormal(a, b, format);
            return format.IsInfinite(a) ? a : b;
        }

        NoteDenormal(a, b, format);
        bool isDown = (_mxcsr & Rounding) == 0x2000;
        if (format.IsZero(a) && format.IsZero(b))
        {
            return a == b ? a : isDown ? format.SignBit : 0;
        }

        if (format.IsZero(a) || format.IsZero(b))
        {
            return Round(Exact(format.IsZero(a) ? b : a, format), format);
        }

        ExactNumber sum = Exact(a, format).Plus(Exact(b, format));
        return sum.IsZero
            ? isDown ? format.SignBit : 0
            : Round(sum, format);
    }

    private ulong Product(ulong a, ulong b, ulong sign, X86FloatFormat format)
    {
        if (format.IsInfinite(a) || format.IsInfinite(b))
        {
            if (format.IsZero(a) || format.IsZero(b))
            {
                return InvalidOperation(format);
            }

            NoteDenormal(a, b, format);
            return sign | format.Infinity;
        }

        NoteDenormal(a, b, format);
        if (format.IsZero(a) || format.IsZero(b))
        {
            return sign;
        }

        return Round(Exact(a, format).Times(Exact(b, format)), format);
    }

    private ulong Quotient(ulong a, ulong b, ulong sign, X86FloatFormat format)
    {
        if ((format.IsInfinite(a) && format.IsInfinite(b)) || (format.IsZero(a) && format.IsZero(b)))
        {
            return InvalidOperation(format);
        }

        if (format.IsZero(b) && !format.IsInfinite(a))
        {
            _raised |= ZeroDivide;
            return sign | format.Infinity;
        }

        NoteDenormal(a, b, format);
        if (format.IsInfinite(a) || format.IsInfinite(b) || format.IsZero(a))
        {
            return format.IsInfinite(a) ? sign | format.Infinity : sign;
        }

        return Round(Exact(a, format).Over(Exact(b, format)), format);
    }

    private ulong Root(ulong a, X86FloatFormat format)
    {
        if (format.IsZero(a))
        {
            return a;
        }

        if (format.IsNegative(a))
        {
            return InvalidOperation(format);
        }

        NoteDenormal(a, a, format);
        if (format.IsInfinite(a))
        {
            return a;
        }

        return Round(Exact(a, format).Root(), format);
    }

    /// <summary>What a finite number that is not 0 is worth.</summary>
    private static ExactNumber Exact(ulong value, X86FloatFormat format)
    {
        (ulong bits, int exponent) = format.Unpack(value);
        return new ExactNumber(format.IsNegative(value), exponent, (UInt128)bits << 64);
    }

    private ulong Round(ExactNumber exact, X86FloatFormat format)
    {
        bool isMore = exact.Sticky || (ulong)exact.Significand != 0;
        return Round(
            exact.Negative ? format.SignBit : 0, exact.Exponent, (ulong)(exact.Significand >> 64) | (isMore ? 1u : 0), format);
    }

    /// <summary>Packs a number; the lowest bit of the significand also stands for what is below it.</summary>
    private ulong Round(ulong sign, int exponent, ulong bits, X86FloatFormat format)
    {
        int drop = 64 - format.Precision;
        bool isTiny = false;
        ulong exact = bits;
        if (exponent < format.Least)
        {
            // Tiny is what is less than the least normal number even after rounding to full precision.
            ulong full = RoundBits(bits, drop, sign != 0);
            isTiny = exponent < format.Least - 1 || full < format.Fraction + format.Fraction + 2;
            int shift = format.Least - exponent;
            exact = shift > 63 ? 1 : (bits >> shift) | (bits << (64 - shift) != 0 ? 1u : 0);
            exponent = format.Least;
        }

        ulong rounded = RoundBits(exact, drop, sign != 0);
        bool isInexact = (exact & ((1UL << drop) - 1)) != 0;
        if (isTiny && !IsMasked(Underflow))
        {
            // The handler of the fault gets the number with another exponent: nothing but its own digits is lost.
            _raised |= Underflow | ((bits & ((1UL << drop) - 1)) != 0 ? Inexact : 0);
            return sign | rounded;
        }

        if (isTiny && (_mxcsr & FlushToZero) != 0)
        {
            _raised |= Underflow | Inexact;
            return sign;
        }

        _raised |= isInexact ? isTiny ? Underflow | Inexact : Inexact : 0;

        // The first bit of the significand is not written: it adds 1 to the exponent, as a carry does.
        ulong packed = ((ulong)(exponent + format.Bias - 1) << (format.Precision - 1)) + rounded;
        if (exponent > format.Bias || packed >= format.Infinity)
        {
            _raised |= Overflow | (IsMasked(Overflow) ? Inexact : 0);
            uint mode = _mxcsr & Rounding;
            bool toInfinity = mode == 0 || (mode == 0x4000 && sign == 0) || (mode == 0x2000 && sign != 0);
            return sign | (toInfinity ? format.Infinity : format.Infinity - 1);
        }

        return sign | packed;
    }

    /// <summary>Drops low bits, with the rounding of MXCSR.</summary>
    private ulong RoundBits(ulong bits, int drop, bool isNegative)
    {
        ulong kept = bits >> drop;
        ulong dropped = bits & ((1UL << drop) - 1);
        ulong half = 1UL << (drop - 1);
        bool up = (_mxcsr & Rounding) switch
        {
            0 => dropped > half || (dropped == half && (kept & 1) != 0),
            0x2000 => isNegative && dropped != 0,
            0x4000 => !isNegative && dropped != 0,
            _ => false,
        };
        return kept + (up ? 1u : 0);
    }
}
