namespace Sim.Arch;

/// <summary>
/// A finite number of floating point before it is rounded: its leading bit is bit 127 of the significand and worth
/// 2^exponent, or it is 0. The same on every host; how it is rounded, and what happens on the way, is each processor's own.
/// </summary>
/// <param name="Negative">Its sign.</param>
/// <param name="Exponent">What its leading bit is worth.</param>
/// <param name="Significand">Its bits.</param>
/// <param name="Sticky">Whether a part that is smaller than its last bit was left out.</param>
internal readonly record struct ExactNumber(bool Negative, int Exponent, UInt128 Significand, bool Sticky = false)
{
    internal bool IsZero => Significand == 0;

    /// <summary>The same number with its leading bit where it belongs.</summary>
    internal ExactNumber Normal()
    {
        int zeros = (int)UInt128.LeadingZeroCount(Significand);
        return IsZero ? this : this with { Exponent = Exponent - zeros, Significand = Significand << zeros };
    }

    /// <summary>The sum with another number, neither 0, of at most 106 bits each.</summary>
    internal ExactNumber Plus(ExactNumber other)
    {
        (ExactNumber a, ExactNumber b) = Exponent < other.Exponent ? (other, this) : (this, other);

        // Room for a carry; both have at least 22 bits of 0 at the end.
        UInt128 larger = a.Significand >> 1;
        UInt128 whole = b.Significand >> 1;
        int distance = a.Exponent - b.Exponent;
        UInt128 smaller = distance > 127 ? 0 : whole >> distance;
        bool sticky = distance > 127 || smaller << distance != whole;
        UInt128 sum;
        bool negative = a.Negative;
        if (a.Negative == b.Negative)
        {
            sum = larger + smaller;
        }
        else if (larger >= smaller)
        {
            sum = larger - smaller - (sticky ? UInt128.One : UInt128.Zero);
        }
        else
        {
            sum = smaller - larger;
            negative = b.Negative;
        }

        return new ExactNumber(negative, a.Exponent + 1, sum, sticky).Normal();
    }

    /// <summary>The product with another number, of at most 64 bits each.</summary>
    internal ExactNumber Times(ExactNumber other) => new ExactNumber(
        Negative != other.Negative,
        Exponent + other.Exponent + 1,
        (Significand >> 64) * (other.Significand >> 64)).Normal();

    /// <summary>The quotient by another number, neither 0, of at most 64 bits each.</summary>
    internal ExactNumber Over(ExactNumber divisor)
    {
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(Significand, divisor.Significand >> 64);
        return new ExactNumber(Negative != divisor.Negative, Exponent - divisor.Exponent + 63, quotient, rest != 0).Normal();
    }

    /// <summary>The square root of a positive number of at most 126 bits.</summary>
    internal ExactNumber Root()
    {
        // The value is square * 2^scale with an even scale.
        int scale = Exponent - 127;
        int shift = (scale & 1) != 0 ? 1 : 2;
        UInt128 square = Significand >> shift;
        ulong root = WholeRoot(square);
        return new ExactNumber(false, 127 + ((scale + shift) / 2), root, (UInt128)root * root != square).Normal();
    }

    /// <summary>The whole part of a square root of a number below 2^127.</summary>
    private static ulong WholeRoot(UInt128 square)
    {
        ulong root = (ulong)Math.Sqrt((double)square);
        root = (ulong)(((UInt128)root + (square / root)) >> 1);
        while ((UInt128)root * root > square)
        {
            root--;
        }

        while (((UInt128)root + 1) * ((UInt128)root + 1) <= square)
        {
            root++;
        }

        return root;
    }
}
