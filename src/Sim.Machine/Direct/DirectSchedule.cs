using Sim.Machine.State;

namespace Sim.Machine.Direct;

/// <summary>
/// An interleaving of a machine in direct mode, drawn from a seed: who runs next of those who can, and for how many
/// instructions. The same seed gives the same interleaving of the same program.
/// </summary>
/// <param name="seed">Any number.</param>
public sealed class DirectSchedule(ulong seed)
{
    private ulong _drawn;

    /// <summary>A number of instructions, most often small.</summary>
    /// <param name="most">The largest.</param>
    public int Slice(int most)
    {
        int bits = (int)(Next() % 18);
        return (int)Math.Min((ulong)most, 1 + (Next() & ((1UL << bits) - 1)));
    }

    /// <summary>One of so many.</summary>
    internal int Pick(int count) => (int)(Next() % (ulong)count);

    private ulong Next() => StateHash.Mix(seed, ++_drawn);
}
