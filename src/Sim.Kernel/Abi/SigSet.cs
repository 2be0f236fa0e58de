using System.Numerics;

namespace Sim.Kernel.Abi;

/// <summary>sigset_t: a set of the signals 1 to 64.</summary>
/// <param name="Bits">Bit n-1 stands for signal n.</param>
public readonly record struct SigSet(ulong Bits)
{
    /// <summary>Every signal.</summary>
    public static SigSet All => new(ulong.MaxValue);

    /// <summary>No signal.</summary>
    public static SigSet Empty => default;

    /// <summary>Whether no signal is in it.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>The lowest signal in it: what next_signal() chooses in 2.6.32; 0 for none.</summary>
    public int First => Bits == 0 ? 0 : BitOperations.TrailingZeroCount(Bits) + 1;

    /// <summary>The set of some signals.</summary>
    public static SigSet Of(params ReadOnlySpan<int> signals)
    {
        SigSet set = default;
        foreach (int signal in signals)
        {
            set = set.With(signal);
        }

        return set;
    }

    /// <summary>sigismember().</summary>
    public bool Contains(int signal) => (Bits & Mask(signal)) != 0;

    /// <summary>sigaddset().</summary>
    public SigSet With(int signal) => new(Bits | Mask(signal));

    /// <summary>sigdelset().</summary>
    public SigSet Without(int signal) => new(Bits & ~Mask(signal));

    /// <summary>The signals in both.</summary>
    public static SigSet operator &(SigSet left, SigSet right) => new(left.Bits & right.Bits);

    /// <summary>The signals in either.</summary>
    public static SigSet operator |(SigSet left, SigSet right) => new(left.Bits | right.Bits);

    /// <summary>The signals that are not in it.</summary>
    public static SigSet operator ~(SigSet set) => new(~set.Bits);

    /// <summary>The names, joined by a bar.</summary>
    public override string ToString()
    {
        if (IsEmpty)
        {
            return "none";
        }

        var names = new List<string>();
        for (SigSet rest = this; !rest.IsEmpty; rest = rest.Without(rest.First))
        {
            names.Add(Signals.Name(rest.First));
        }

        return string.Join('|', names);
    }

    private static ulong Mask(int signal) => signal is >= 1 and <= Signals.SIGRTMAX ? 1UL << (signal - 1) : 0;
}
