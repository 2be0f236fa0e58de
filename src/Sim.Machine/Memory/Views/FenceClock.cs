namespace Sim.Machine.Memory.Views;

/// <summary>Which full barriers came before: for each processor, how many of its own. Never changes.</summary>
internal sealed class FenceClock
{
    internal static readonly FenceClock None = new([]);

    private readonly ushort[] _counts;

    private FenceClock(ushort[] counts) => _counts = counts;

    internal bool IsNone => _counts.Length == 0;

    /// <summary>How many processors the clock knows of at most.</summary>
    internal int Processors => _counts.Length;

    /// <summary>How many barriers of a processor came before.</summary>
    internal int this[int processor] => processor < _counts.Length ? _counts[processor] : 0;

    /// <summary>The clock after one more barrier of a processor.</summary>
    internal FenceClock With(int processor, int count)
    {
        var counts = new ushort[Math.Max(_counts.Length, processor + 1)];
        _counts.CopyTo(counts, 0);
        counts[processor] = checked((ushort)Math.Max(counts[processor], count));
        return new FenceClock(counts);
    }

    /// <summary>What came before either of two events.</summary>
    internal FenceClock With(FenceClock other)
    {
        if (ReferenceEquals(this, other) || IsAbove(other))
        {
            return this;
        }

        if (other.IsAbove(this))
        {
            return other;
        }

        var counts = new ushort[Math.Max(_counts.Length, other._counts.Length)];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = (ushort)Math.Max(this[i], other[i]);
        }

        return new FenceClock(counts);
    }

    private bool IsAbove(FenceClock other)
    {
        for (int i = 0; i < other._counts.Length; i++)
        {
            if (other._counts[i] > this[i])
            {
                return false;
            }
        }

        return true;
    }
}
