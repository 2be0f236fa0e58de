using System.Collections.Immutable;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Kernel.Files;

/// <summary>An open descriptor.</summary>
/// <param name="File">What it stands for.</param>
/// <param name="ClosesOnExec">FD_CLOEXEC.</param>
public readonly record struct FdEntry(OpenFile File, bool ClosesOnExec);

/// <summary>struct fdtable: descriptors by number. It never changes.</summary>
[Immutable]
public sealed class FdTable : IIdentified
{
    private FdTable(ImmutableSortedDictionary<int, FdEntry> entries) => Entries = entries;

    /// <summary>No descriptor.</summary>
    public static FdTable Empty { get; } = new(ImmutableSortedDictionary<int, FdEntry>.Empty);

    /// <summary>The descriptors, by number.</summary>
    public ImmutableSortedDictionary<int, FdEntry> Entries { get; }

    /// <inheritdoc/>
    public ulong Identity
    {
        get
        {
            ulong hash = (ulong)Entries.Count;
            foreach ((int fd, FdEntry entry) in Entries)
            {
                hash = StateHash.Mix(StateHash.Mix(hash, (ulong)entry.File.Id), ((ulong)fd << 1) | (entry.ClosesOnExec ? 1UL : 0));
            }

            return hash;
        }
    }

    /// <summary>What a descriptor stands for; null when it is not open.</summary>
    public OpenFile? Find(int fd) => Entries.TryGetValue(fd, out FdEntry entry) ? entry.File : null;

    /// <summary>The lowest number that is free.</summary>
    /// <param name="least">Where to begin.</param>
    public int Lowest(int least = 0)
    {
        int fd = least;
        while (Entries.ContainsKey(fd))
        {
            fd++;
        }

        return fd;
    }

    /// <summary>The table with a descriptor more, or with another meaning of one.</summary>
    public FdTable With(int fd, FdEntry entry) => new(Entries.SetItem(fd, entry));

    /// <summary>The table without a descriptor.</summary>
    public FdTable Without(int fd) => new(Entries.Remove(fd));

    /// <summary>The lowest descriptor; -1 when there is none.</summary>
    public int First() => Entries.IsEmpty ? -1 : Entries.First().Key;

    /// <summary>The lowest descriptor that exec closes; -1 when there is none.</summary>
    public int FirstClosedOnExec()
    {
        foreach ((int fd, FdEntry entry) in Entries)
        {
            if (entry.ClosesOnExec)
            {
                return fd;
            }
        }

        return -1;
    }

    /// <summary>The open file at a place in the table's order; null behind the end.</summary>
    internal OpenFile? FileAt(int index) => index < Entries.Count ? Entries.ElementAt(index).Value.File : null;
}
