using System.Numerics;
using Sim.Kernel.Locking;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Pids;

/// <summary>
/// Which numbers are in use, a bit for each, and above these a bit for every 64 that are all in use: the next
/// free number is found in a few steps, however many are taken. Source: kernel/pid.c, struct pidmap.
/// </summary>
internal sealed class PidMap
{
    private const int Bits = 64;
    private readonly WordArray _used;
    private readonly WordArray _full;

    /// <summary>Every number is free.</summary>
    /// <param name="owner">The table that the map belongs to.</param>
    /// <param name="guardian">pidmap_lock.</param>
    /// <param name="pidMax">One more than the largest number.</param>
    internal PidMap(PidTable owner, SpinLock guardian, int pidMax)
    {
        int words = (pidMax + Bits - 1) / Bits;
        _used = new WordArray(owner, "pidmap", guardian, words);
        _full = new WordArray(owner, "pidmap.full", guardian, (words + Bits - 1) / Bits);
    }

    /// <summary>The first free number of a range, or 0.</summary>
    /// <param name="cpu">Who asks.</param>
    /// <param name="from">The first number of the range, more than 0.</param>
    /// <param name="to">The number after the last one.</param>
    internal int NextFree(Cpu cpu, int from, int to)
    {
        if (from >= to)
        {
            return 0;
        }

        int word = from / Bits;
        ulong free = ~_used.Get(cpu, word) & (ulong.MaxValue << (from % Bits));
        if (free == 0)
        {
            word = NextWithFree(cpu, word + 1);
            if (word < 0)
            {
                return 0;
            }

            free = ~_used.Get(cpu, word);
        }

        int nr = (word * Bits) + BitOperations.TrailingZeroCount(free);
        return nr < to ? nr : 0;
    }

    /// <summary>A number is in use from now on, or free again.</summary>
    internal void Set(Cpu cpu, int nr, bool used)
    {
        int word = nr / Bits;
        ulong now = With(_used.Get(cpu, word), nr % Bits, used);
        _used.Set(cpu, word, now);
        int above = word / Bits;
        _full.Set(cpu, above, With(_full.Get(cpu, above), word % Bits, now == ulong.MaxValue));
    }

    private static ulong With(ulong word, int bit, bool set)
        => set ? word | (1UL << bit) : word & ~(1UL << bit);

    /// <summary>The first word from one on that has a free number, or -1.</summary>
    private int NextWithFree(Cpu cpu, int word)
    {
        ulong mask = ulong.MaxValue << (word % Bits);
        for (int above = word / Bits; above < _full.Length; above++)
        {
            ulong free = ~_full.Get(cpu, above) & mask;
            if (free != 0)
            {
                int found = (above * Bits) + BitOperations.TrailingZeroCount(free);
                return found < _used.Length ? found : -1;
            }

            mask = ulong.MaxValue;
        }

        return -1;
    }
}
