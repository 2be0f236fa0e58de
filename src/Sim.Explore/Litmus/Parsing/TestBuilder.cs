using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>What the parts of a litmus file add up to while it is read.</summary>
internal sealed class TestBuilder(Architecture architecture)
{
    private readonly List<LitmusThread> _threads = [];

    /// <summary>The language.</summary>
    internal Architecture Architecture { get; } = architecture;

    /// <summary>The locations.</summary>
    internal Symbols Symbols { get; } = new();

    /// <summary>What the locations hold at first.</summary>
    internal Dictionary<int, long> Memory { get; } = [];

    /// <summary>The threads.</summary>
    internal IReadOnlyList<LitmusThread> Threads => _threads;

    /// <summary>A thread, made when it is first spoken of.</summary>
    internal LitmusThread Thread(int number)
    {
        while (_threads.Count <= number)
        {
            _threads.Add(new LitmusThread());
        }

        return _threads[number];
    }

    /// <summary>A register by its name in the condition or the initial state.</summary>
    internal Place RegisterPlace(int thread, string name)
    {
        string canonical = Canonical(name);
        return new Place(thread, Thread(thread).Register(canonical), canonical);
    }

    /// <summary>A location by its name.</summary>
    internal Place MemoryPlace(string name) => new(-1, Symbols.Number(name), name);

    /// <summary>The name under which a register is known.</summary>
    internal string Canonical(string name) => Architecture switch
    {
        Architecture.X86 => name.ToUpperInvariant(),
        Architecture.X64 => X86Registers.Whole(name),
        Architecture.Ppc => name.ToLowerInvariant(),
        Architecture.C => name,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
