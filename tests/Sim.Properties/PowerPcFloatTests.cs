using Sim.Arch.PowerPc.Interpreter;

namespace Sim.Properties;

/// <summary>Floating point of powerpc is computed in integers; rounded to nearest it gives what IEEE 754 and so the host gives.</summary>
public sealed class PowerPcFloatTests
{
    [Fact]
    public void Rounded_to_nearest_every_operation_gives_the_bits_of_the_host()
    {
        var random = new Random(Asked.Seed(754));
        for (int i = 0; i < Asked.Tests(300_000); i++)
        {
            (double a, double b, double c) = (Draw(random), Draw(random), Draw(random));
            Check(a + b, PowerPcFloat.Add(Bits(a), Bits(b), PowerPcRounding.Nearest, narrow: false));
            Check(a * b, PowerPcFloat.Multiply(Bits(a), Bits(b), PowerPcRounding.Nearest, narrow: false));
            Check(a / b, PowerPcFloat.Divide(Bits(a), Bits(b), PowerPcRounding.Nearest, narrow: false));
            Check(Math.Sqrt(a), PowerPcFloat.SquareRoot(Bits(a), PowerPcRounding.Nearest, narrow: false));
            Check(Math.FusedMultiplyAdd(a, c, b), PowerPcFloat.MultiplyAdd(Bits(a), Bits(c), Bits(b), PowerPcRounding.Nearest, narrow: false));
            Check((float)a, PowerPcFloat.RoundToSingle(Bits(a), PowerPcRounding.Nearest));
        }

        void Check(double expected, FloatResult found)
        {
            if (double.IsNaN(expected))
            {
                Assert.True(PowerPcFloat.IsNan(found.Bits));
            }
            else
            {
                Assert.Equal(Bits(expected), found.Bits);
            }
        }
    }

    /// <summary>Any bits, or numbers near 1 with few or many digits, near the ends of the range, or special.</summary>
    private static double Draw(Random random) => random.Next(6) switch
    {
        0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        1 => random.Next(-1000, 1000),
        2 => (random.NextDouble() - 0.5) * 8,
        3 => Math.ScaleB(1 + random.NextDouble(), random.Next(-1080, -1010)),
        4 => Math.ScaleB(1 + random.NextDouble(), random.Next(-130, 130)),
        _ => new[] { 0.0, -0.0, 1.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.MaxValue, double.Epsilon }[random.Next(8)],
    };

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);
}
