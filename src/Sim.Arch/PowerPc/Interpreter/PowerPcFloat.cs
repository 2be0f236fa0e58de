using System.Numerics;

namespace Sim.Arch.PowerPc.Interpreter;

/// <summary>A result as registers have it, and what happened on the way to it.</summary>
internal readonly record struct FloatResult(ulong Bits, PowerPcFpscr Happened = PowerPcFpscr.None);

/// <summary>
/// Floating point by integers: exact to the last bit and flag in every rounding mode, and the same on every host.
/// Source: IEEE 754-2008; Power ISA 2.06, book I, chapter 4.
/// </summary>
internal static class PowerPcFloat
{
    internal const ulong Sign = 1UL << 63;
    internal const ulong Infinity = 0x7ff0_0000_0000_0000;
    internal const ulong DefaultNan = 0x7ff8_0000_0000_0000;
    private const ulong Quiet = 0x0008_0000_0000_0000;
    private const ulong Fraction = 0x000f_ffff_ffff_ffff;

    internal static bool IsNan(ulong bits) => (bits & ~Sign) > Infinity;

    internal static bool IsSignalling(ulong bits) => IsNan(bits) && (bits & Quiet) == 0;

    internal static bool IsInfinite(ulong bits) => (bits & ~Sign) == Infinity;

    internal static bool IsZero(ulong bits) => (bits & ~Sign) == 0;

    /// <summary>Single to double format, as a load does it: nothing is rounded or made quiet.</summary>
    internal static ulong Widen(uint single)
    {
        ulong sign = (ulong)(single >> 31) << 63;
        uint exponent = (single >> 23) & 0xff;
        ulong fraction = single & 0x7f_ffff;
        if (exponent == 0)
        {
            return fraction == 0 ? sign : sign | Compose(fraction, -149);
        }

        return exponent == 0xff
            ? sign | Infinity | (fraction << 29)
            : sign | ((exponent + 896UL) << 52) | (fraction << 29);
    }

    /// <summary>Double to single format, as a store does it: bits are cut off, nothing is rounded.</summary>
    internal static uint Shorten(ulong bits)
    {
        int exponent = (int)(bits >> 52) & 0x7ff;
        if (exponent > 896 || IsZero(bits))
        {
            return (uint)(bits >> 32 & 0xc000_0000) | (uint)(bits >> 29 & 0x3fff_ffff);
        }

        const int Smallest = 874;
        ulong significand = (bits & Fraction) | (Fraction + 1);
        return (uint)(bits >> 32 & 0x8000_0000) |
            (exponent >= Smallest ? (uint)(significand >> (29 + (897 - exponent))) : 0);
    }

    /// <summary>a + b.</summary>
    internal static FloatResult Add(ulong a, ulong b, PowerPcRounding mode, bool narrow)
    {
        if (IsNan(a) || IsNan(b))
        {
            return Propagate(a, b, 0);
        }

        if (IsInfinite(a) || IsInfinite(b))
        {
            return IsInfinite(a) && IsInfinite(b) && a != b
                ? new FloatResult(DefaultNan, PowerPcFpscr.VxIsi)
                : new FloatResult(IsInfinite(a) ? a : b);
        }

        return Sum(Exact(a), Exact(b), mode, narrow);
    }

    /// <summary>a * b.</summary>
    internal static FloatResult Multiply(ulong a, ulong b, PowerPcRounding mode, bool narrow)
    {
        if (IsNan(a) || IsNan(b))
        {
            return Propagate(a, b, 0);
        }

        ulong sign = (a ^ b) & Sign;
        if (IsInfinite(a) || IsInfinite(b))
        {
            return IsZero(a) || IsZero(b)
                ? new FloatResult(DefaultNan, PowerPcFpscr.VxImz)
                : new FloatResult(sign | Infinity);
        }

        return Round(Exact(a).Times(Exact(b)), mode, narrow);
    }

    /// <summary>a * c + b, rounded once.</summary>
    internal static FloatResult MultiplyAdd(ulong a, ulong c, ulong b, PowerPcRounding mode, bool narrow)
    {
        bool isNoProduct = (IsInfinite(a) && IsZero(c)) || (IsZero(a) && IsInfinite(c));
        if (IsNan(a) || IsNan(b) || IsNan(c))
        {
            FloatResult nan = Propagate(a, b, c);
            return isNoProduct ? nan with { Happened = nan.Happened | PowerPcFpscr.VxImz } : nan;
        }

        if (isNoProduct)
        {
            return new FloatResult(DefaultNan, PowerPcFpscr.VxImz);
        }

        ulong sign = (a ^ c) & Sign;
        if (IsInfinite(a) || IsInfinite(c))
        {
            return IsInfinite(b) && (b & Sign) != sign
                ? new FloatResult(DefaultNan, PowerPcFpscr.VxIsi)
                : new FloatResult(sign | Infinity);
        }

        return IsInfinite(b) ? new FloatResult(b) : Sum(Exact(a).Times(Exact(c)), Exact(b), mode, narrow);
    }

    /// <summary>a / b.</summary>
    internal static FloatResult Divide(ulong a, ulong b, PowerPcRounding mode, bool narrow)
    {
        if (IsNan(a) || IsNan(b))
        {
            return Propagate(a, b, 0);
        }

        ulong sign = (a ^ b) & Sign;
        if (IsInfinite(a))
        {
            return IsInfinite(b)
                ? new FloatResult(DefaultNan, PowerPcFpscr.VxIdi)
                : new FloatResult(sign | Infinity);
        }

        if (IsInfinite(b))
        {
            return new FloatResult(sign);
        }

        if (IsZero(b))
        {
            return IsZero(a)
                ? new FloatResult(DefaultNan, PowerPcFpscr.VxZdz)
                : new FloatResult(sign | Infinity, PowerPcFpscr.Zx);
        }

        if (IsZero(a))
        {
            return new FloatResult(sign);
        }

        return Round(Exact(a).Over(Exact(b)), mode, narrow);
    }

    /// <summary>The square root.</summary>
    internal static FloatResult SquareRoot(ulong a, PowerPcRounding mode, bool narrow)
    {
        if (IsNan(a))
        {
            return Propagate(a, 0, 0);
        }

        if (IsZero(a) || a == Infinity)
        {
            return new FloatResult(a);
        }

        if ((a & Sign) != 0)
        {
            return new FloatResult(DefaultNan, PowerPcFpscr.VxSqrt);
        }

        return Round(Exact(a).Root(), mode, narrow);
    }

    /// <summary>The value in single precision.</summary>
    internal static FloatResult RoundToSingle(ulong a, PowerPcRounding mode)
    {
        const ulong SingleNan = ~0x1fff_ffffUL;
        if (IsNan(a))
        {
            FloatResult nan = Propagate(a, 0, 0);
            return nan with { Bits = nan.Bits & SingleNan };
        }

        return IsInfinite(a) ? new FloatResult(a) : Round(Exact(a), mode, narrow: true);
    }

    /// <summary>The nearest integer in the sense of a mode, as a floating point number.</summary>
    internal static FloatResult RoundToInteger(ulong a, PowerPcRounding mode)
    {
        if (IsNan(a))
        {
            return Propagate(a, 0, 0);
        }

        ExactNumber exact = Exact(a);
        if (IsInfinite(a) || IsZero(a) || exact.Exponent >= 52)
        {
            return new FloatResult(a);
        }

        (UInt128 whole, _, _) = Cut(exact, mode);
        return new FloatResult((a & Sign) | (whole == 0 ? 0 : Compose((ulong)whole, 0)));
    }

    /// <summary>The value as an integer of 32 or 64 bits; the nearest one that there is when it does not fit.</summary>
    internal static FloatResult ToInteger(ulong a, PowerPcRounding mode, bool wide, bool unsigned)
    {
        UInt128 highest = (wide ? ulong.MaxValue : uint.MaxValue) >> (unsigned ? 0 : 1);
        UInt128 lowest = unsigned ? 0 : highest + 1;
        bool negative = (a & Sign) != 0;
        if (IsNan(a))
        {
            return new FloatResult(
                Integer(lowest, negative: !unsigned),
                PowerPcFpscr.VxCvi | (IsSignalling(a) ? PowerPcFpscr.VxSnan : PowerPcFpscr.None));
        }

        ExactNumber exact = Exact(a);
        UInt128 limit = negative ? lowest : highest;
        if (IsInfinite(a) || exact.Exponent > 64)
        {
            return new FloatResult(Integer(limit, negative), PowerPcFpscr.VxCvi);
        }

        (UInt128 whole, bool inexact, bool away) = Cut(exact, mode);
        if (whole > limit)
        {
            return new FloatResult(Integer(limit, negative), PowerPcFpscr.VxCvi);
        }

        return new FloatResult(
            Integer(whole, negative),
            (inexact ? PowerPcFpscr.Xx | PowerPcFpscr.Fi : PowerPcFpscr.None) | (away ? PowerPcFpscr.Fr : PowerPcFpscr.None));
    }

    /// <summary>An integer of 64 bits as a floating point number.</summary>
    internal static FloatResult FromInteger(ulong a, PowerPcRounding mode, bool unsigned, bool narrow)
    {
        bool negative = !unsigned && (long)a < 0;
        return a == 0
            ? default
            : Round(new ExactNumber(negative, 127, negative ? 0 - a : a).Normal(), mode, narrow);
    }

    /// <summary>The NaN that comes of operands one of which is one.</summary>
    private static FloatResult Propagate(ulong a, ulong b, ulong c)
    {
        ulong first = IsNan(a) ? a : IsNan(b) ? b : c;
        bool signalling = IsSignalling(a) || IsSignalling(b) || IsSignalling(c);
        return new FloatResult(first | Quiet, signalling ? PowerPcFpscr.VxSnan : PowerPcFpscr.None);
    }

    /// <summary>The sum of two exact numbers, rounded.</summary>
    private static FloatResult Sum(ExactNumber a, ExactNumber b, PowerPcRounding mode, bool narrow)
    {
        if (a.IsZero || b.IsZero)
        {
            return !a.IsZero || !b.IsZero
                ? Round(a.IsZero ? b : a, mode, narrow)
                : new FloatResult(a.Negative == b.Negative ? (a.Negative ? Sign : 0) : mode == PowerPcRounding.Down ? Sign : 0);
        }

        ExactNumber sum = a.Plus(b);
        return sum.IsZero && !sum.Sticky
            ? new FloatResult(mode == PowerPcRounding.Down ? Sign : 0)
            : Round(sum, mode, narrow);
    }

    /// <summary>The floating point number that stands for an exact one.</summary>
    private static FloatResult Round(ExactNumber exact, PowerPcRounding mode, bool narrow)
    {
        ulong sign = exact.Negative ? Sign : 0;
        if (exact.IsZero)
        {
            return new FloatResult(sign);
        }

        int precision = narrow ? 24 : 53;
        int least = narrow ? -126 : -1022;
        bool tiny = exact.Exponent < least;
        int last = Math.Max(exact.Exponent, least) - (precision - 1);
        (UInt128 kept, bool inexact, bool away) = Cut(exact, mode, last);
        PowerPcFpscr happened = (inexact ? PowerPcFpscr.Xx | PowerPcFpscr.Fi : PowerPcFpscr.None) | (away ? PowerPcFpscr.Fr : PowerPcFpscr.None) |
            (tiny && inexact ? PowerPcFpscr.Ux : PowerPcFpscr.None);
        if (kept == 0)
        {
            return new FloatResult(sign, happened);
        }

        if (127 - (int)UInt128.LeadingZeroCount(kept) + last <= (narrow ? 127 : 1023))
        {
            return new FloatResult(sign | Compose((ulong)kept, last), happened);
        }

        bool infinite = mode == PowerPcRounding.Nearest ||
            mode == (exact.Negative ? PowerPcRounding.Down : PowerPcRounding.Up);
        ulong largest = narrow ? 0x47ef_ffff_e000_0000UL : 0x7fef_ffff_ffff_ffffUL;
        return new FloatResult(
            sign | (infinite ? Infinity : largest),
            PowerPcFpscr.Ox | PowerPcFpscr.Xx | PowerPcFpscr.Fi | (infinite ? PowerPcFpscr.Fr : PowerPcFpscr.None));
    }

    /// <summary>The bits of significand * 2^last, which is a number that there is.</summary>
    private static ulong Compose(ulong significand, int last)
    {
        int top = 63 - BitOperations.LeadingZeroCount(significand);
        int exponent = top + last;
        if (exponent < -1022)
        {
            return significand << (last + 1074);
        }

        ulong fraction = top > 52 ? significand >> (top - 52) : significand << (52 - top);
        return ((ulong)(exponent + 1023) << 52) | (fraction & Fraction);
    }

    private static ulong Integer(UInt128 magnitude, bool negative)
        => negative ? 0 - (ulong)magnitude : (ulong)magnitude;

    /// <summary>What a finite number is worth.</summary>
    private static ExactNumber Exact(ulong bits)
    {
        int exponent = (int)(bits >> 52) & 0x7ff;
        ulong fraction = bits & Fraction;
        ulong significand = exponent == 0 ? fraction : fraction | (Fraction + 1);
        return new ExactNumber((bits & Sign) != 0, Math.Max(exponent, 1) - 1023 + 75, significand).Normal();
    }

    /// <summary>How many times 2^last, rounded; whether something was lost, and whether it was rounded away from 0.</summary>
    private static (UInt128 Whole, bool Inexact, bool Away) Cut(ExactNumber exact, PowerPcRounding mode, int last = 0)
    {
        int drop = last - exact.Exponent + 127;
        if (drop <= 0)
        {
            return (exact.Significand << -drop, exact.Sticky, false);
        }

        UInt128 kept = drop > 127 ? 0 : exact.Significand >> drop;
        bool half = drop <= 128 && ((exact.Significand >> (drop - 1)) & 1) != 0;
        bool rest = exact.Sticky || (drop > 128
            ? !exact.IsZero
            : (exact.Significand & ((UInt128.One << (drop - 1)) - 1)) != 0);
        bool away = mode switch
        {
            PowerPcRounding.Nearest => half && (rest || (kept & 1) != 0),
            PowerPcRounding.NearestAway => half,
            PowerPcRounding.Up => (half || rest) && !exact.Negative,
            PowerPcRounding.Down => (half || rest) && exact.Negative,
            PowerPcRounding.Zero => false,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return (away ? kept + 1 : kept, half || rest, away);
    }
}
