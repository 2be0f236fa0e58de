namespace Sim.Arch.X86_64.Interpreter;

/// <summary>A binary format of IEEE 754.</summary>
/// <param name="Bits">How wide it is.</param>
/// <param name="Precision">Bits of the significand, with the first one that is not written.</param>
internal readonly record struct X86FloatFormat(int Bits, int Precision)
{
    internal static readonly X86FloatFormat Float32 = new(32, 24);

    internal static readonly X86FloatFormat Float64 = new(64, 53);

    internal int Size => Bits / 8;

    internal ulong SignBit => 1UL << (Bits - 1);

    internal ulong Fraction => (1UL << (Precision - 1)) - 1;

    /// <summary>The bit that makes a NaN quiet.</summary>
    internal ulong Quiet => 1UL << (Precision - 2);

    /// <summary>All bits of the exponent, which is infinity.</summary>
    internal ulong Infinity => SignBit - 1 - Fraction;

    /// <summary>The NaN that an invalid operation gives.</summary>
    internal ulong Indefinite => SignBit | Infinity | Quiet;

    internal int Bias => (1 << (Bits - Precision - 1)) - 1;

    /// <summary>The exponent of the least normal number.</summary>
    internal int Least => 1 - Bias;

    internal bool IsNan(ulong value) => (value & (SignBit - 1)) > Infinity;

    internal bool IsSignaling(ulong value) => IsNan(value) && (value & Quiet) == 0;

    internal bool IsInfinite(ulong value) => (value & (SignBit - 1)) == Infinity;

    internal bool IsZero(ulong value) => (value & (SignBit - 1)) == 0;

    internal bool IsDenormal(ulong value) => (value & Infinity) == 0 && (value & Fraction) != 0;

    internal bool IsNegative(ulong value) => (value & SignBit) != 0;

    /// <summary>A finite number that is not 0 as a significand with its first bit at the top, and an exponent.</summary>
    internal (ulong Significand, int Exponent) Unpack(ulong value)
    {
        int exponent = (int)((value & Infinity) >> (Precision - 1));
        ulong fraction = value & Fraction;
        if (exponent != 0)
        {
            return ((fraction | (Fraction + 1)) << (64 - Precision), exponent - Bias);
        }

        int zeros = System.Numerics.BitOperations.LeadingZeroCount(fraction);
        return (fraction << zeros, Least + 64 - Precision - zeros);
    }
}
