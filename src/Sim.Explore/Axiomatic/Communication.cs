namespace Sim.Explore.Axiomatic;

/// <summary>Who read from whom, and in which order writes reached memory.</summary>
internal sealed class Communication(Skeleton skeleton)
{
    /// <summary>From a write to the reads that it serves.</summary>
    internal Relation Rf { get; } = new(skeleton.Count);

    /// <summary>From a write to the later writes of the word.</summary>
    internal Relation Co { get; } = new(skeleton.Count);

    /// <summary>From a read to the writes that came after the one that it read.</summary>
    internal Relation Fr { get; } = new(skeleton.Count);

    /// <summary><see cref="Rf"/> between threads.</summary>
    internal Relation Rfe => Rf - skeleton.Internal;

    /// <summary><see cref="Rf"/> within a thread.</summary>
    internal Relation Rfi => Rf & skeleton.Internal;

    /// <summary><see cref="Co"/> between threads.</summary>
    internal Relation Coe => Co - skeleton.Internal;

    /// <summary><see cref="Fr"/> between threads.</summary>
    internal Relation Fre => Fr - skeleton.Internal;

    /// <summary>Takes over what happened to one word.</summary>
    internal void Put(WordHistory history)
    {
        ulong later = 0;
        for (int i = history.Writes.Length - 1; i >= 0; i--)
        {
            int write = history.Writes[i];
            Co.SetRow(write, later);
            Rf.SetRow(write, history.ReadersOf[i]);
            for (ulong left = history.ReadersOf[i]; left != 0; left &= left - 1)
            {
                Fr.SetRow(System.Numerics.BitOperations.TrailingZeroCount(left), later);
            }

            later |= 1UL << write;
        }
    }

    /// <summary>Forgets what happened to one word.</summary>
    internal void Clear(WordHistory history)
    {
        for (int i = 0; i < history.Writes.Length; i++)
        {
            int write = history.Writes[i];
            Co.SetRow(write, 0);
            Rf.SetRow(write, 0);
            for (ulong left = history.ReadersOf[i]; left != 0; left &= left - 1)
            {
                Fr.SetRow(System.Numerics.BitOperations.TrailingZeroCount(left), 0);
            }
        }
    }
}
