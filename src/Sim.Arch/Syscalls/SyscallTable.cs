using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Sim.Machine.Ops;

namespace Sim.Arch;

/// <summary>A system call and its numbers.</summary>
/// <param name="Name">What the kernel calls it, without <c>__NR_</c>.</param>
/// <param name="X86_64">Its number in 64-bit x86 programs; null when they have no such call.</param>
/// <param name="I386">Its number in 32-bit x86 programs.</param>
/// <param name="Ppc64">Its number in 64-bit powerpc programs.</param>
/// <param name="Ppc32">Its number in 32-bit powerpc programs.</param>
/// <param name="Since">The release that brought it, "-" for 2.6.0 and before.</param>
/// <param name="Note">Who has it in name only, or other words for it; "-" for nothing to say.</param>
[Immutable]
public sealed record SyscallEntry(
    string Name, int? X86_64, int? I386, int? Ppc64, int? Ppc32, string Since, string Note)
{
    /// <summary>The number in a column.</summary>
    public int? Number(SyscallNumbering numbering) => numbering switch
    {
        SyscallNumbering.X86_64 => X86_64,
        SyscallNumbering.I386 => I386,
        SyscallNumbering.Ppc64 => Ppc64,
        SyscallNumbering.Ppc32 => Ppc32,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>The system calls of Linux 2.6.32 by name and number. Source: data/syscalls.tsv.</summary>
[Immutable]
public sealed class SyscallTable
{
    private const string None = "-";
    private readonly FrozenDictionary<string, SyscallEntry> _byName;
    private readonly ImmutableArray<ImmutableArray<SyscallEntry?>> _byNumber;

    private SyscallTable(ImmutableArray<SyscallEntry> entries)
    {
        Entries = entries;
        _byName = entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);
        _byNumber = [.. Enum.GetValues<SyscallNumbering>().Select(numbering => ByNumber(entries, numbering))];
    }

    /// <summary>The table of 2.6.32.</summary>
    public static SyscallTable Linux2632 { get; } = Load();

    /// <summary>All calls: those of x86_64 by number, then what only others have.</summary>
    public ImmutableArray<SyscallEntry> Entries { get; }

    /// <summary>The call of a name; null when there is none.</summary>
    public SyscallEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The call of a number; null when there is none, also for negative numbers.</summary>
    public SyscallEntry? Find(SyscallNumbering numbering, int number)
    {
        ImmutableArray<SyscallEntry?> column = _byNumber[(int)numbering];
        return (uint)number < (uint)column.Length ? column[number] : null;
    }

    /// <summary>NR_syscalls: one more than the greatest number.</summary>
    public int Count(SyscallNumbering numbering) => _byNumber[(int)numbering].Length;

    private static ImmutableArray<SyscallEntry?> ByNumber(
        ImmutableArray<SyscallEntry> entries, SyscallNumbering numbering)
    {
        var column = new SyscallEntry?[entries.Max(entry => entry.Number(numbering) ?? 0) + 1];
        foreach (SyscallEntry entry in entries)
        {
            if (entry.Number(numbering) is { } number)
            {
                column[number] = entry;
            }
        }

        return [.. column];
    }

    private static SyscallTable Load()
    {
        using Stream stream = typeof(SyscallTable).Assembly.GetManifestResourceStream("syscalls.tsv")!;
        using var reader = new StreamReader(stream);
        return new SyscallTable(
        [
            .. reader.ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#'))
                .Skip(1)
                .Select(line => Parse(line.Split('\t'))),
        ]);
    }

    /// <summary>A powerpc number may be followed by the width of the tasks that have it.</summary>
    private static SyscallEntry Parse(string[] cells)
    {
        string[] powerPc = cells[2].Split(':');
        int? number = ParseNumber(powerPc[0]);
        string width = powerPc.Length > 1 ? powerPc[1] : "";
        return new SyscallEntry(
            cells[0],
            ParseNumber(cells[1]),
            ParseNumber(cells[3]),
            width is "32" ? null : number,
            width is "64" ? null : number,
            cells[4],
            cells[5]);
    }

    private static int? ParseNumber(string cell)
        => string.Equals(cell, None, StringComparison.Ordinal) ? null : int.Parse(cell, CultureInfo.InvariantCulture);
}
