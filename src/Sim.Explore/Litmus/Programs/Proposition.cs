using System.Globalization;

namespace Sim.Explore.Litmus.Programs;

/// <summary>A place whose final content a test speaks of.</summary>
/// <param name="Thread">The thread, or -1 for memory.</param>
/// <param name="Number">The register or the location.</param>
/// <param name="Name">Its name.</param>
public sealed record Place(int Thread, int Number, string Name)
{
    /// <summary>Registers by thread and name, then memory.</summary>
    public static IComparer<Place> Order => Comparer<Place>.Create(static (one, other) =>
    {
        int byThread = unchecked((uint)one.Thread).CompareTo(unchecked((uint)other.Thread));
        return byThread != 0 ? byThread : string.CompareOrdinal(one.Name, other.Name);
    });

    /// <summary>As in a state: <c>0:r1</c>, <c>[x]</c>.</summary>
    public string Label => Thread < 0
        ? $"[{Name}]"
        : string.Create(CultureInfo.InvariantCulture, $"{Thread}:{Name}");
}

/// <summary>A statement about a final state.</summary>
public abstract record Proposition
{
    /// <summary>Whether it holds.</summary>
    /// <param name="content">What a place holds.</param>
    public abstract bool Holds(Func<Place, long> content);

    /// <summary>The places that it mentions.</summary>
    public abstract IEnumerable<Place> Places { get; }

    /// <summary>As herd writes it.</summary>
    public abstract string Show(Symbols symbols);
}

/// <summary>true or false.</summary>
public sealed record Truth(bool Value) : Proposition
{
    /// <inheritdoc/>
    public override IEnumerable<Place> Places => [];

    /// <inheritdoc/>
    public override bool Holds(Func<Place, long> content) => Value;

    /// <inheritdoc/>
    public override string Show(Symbols symbols) => Value ? "true" : "false";
}

/// <summary>A place holds a value.</summary>
public sealed record HasValue(Place Place, long Value) : Proposition
{
    /// <inheritdoc/>
    public override IEnumerable<Place> Places => [Place];

    /// <inheritdoc/>
    public override bool Holds(Func<Place, long> content) => content(Place) == Value;

    /// <inheritdoc/>
    public override string Show(Symbols symbols) => $"{Place.Label}={symbols.Show(Value)}";
}

/// <summary>Two places hold the same.</summary>
public sealed record Same(Place Place, Place Other) : Proposition
{
    /// <inheritdoc/>
    public override IEnumerable<Place> Places => [Place, Other];

    /// <inheritdoc/>
    public override bool Holds(Func<Place, long> content) => content(Place) == content(Other);

    /// <inheritdoc/>
    public override string Show(Symbols symbols) => $"{Place.Label}={Other.Label}";
}

/// <summary>Not.</summary>
public sealed record Not(Proposition Inner) : Proposition
{
    /// <inheritdoc/>
    public override IEnumerable<Place> Places => Inner.Places;

    /// <inheritdoc/>
    public override bool Holds(Func<Place, long> content) => !Inner.Holds(content);

    /// <inheritdoc/>
    public override string Show(Symbols symbols) => $"not ({Inner.Show(symbols)})";
}

/// <summary>All of them.</summary>
public sealed record All(IReadOnlyList<Proposition> Items) : Proposition
{
    /// <inheritdoc/>
    public override IEnumerable<Place> Places => Items.SelectMany(item => item.Places);

    /// <inheritdoc/>
    public override bool Holds(Func<Place, long> content) => Items.All(item => item.Holds(content));

    /// <inheritdoc/>
    public override string Show(Symbols symbols)
        => string.Join(@" /\ ", Items.Select(item => item is Any ? $"({item.Show(symbols)})" : item.Show(symbols)));
}

/// <summary>At least one of them.</summary>
public sealed record Any(IReadOnlyList<Proposition> Items) : Proposition
{
    /// <inheritdoc/>
    public override IEnumerable<Place> Places => Items.SelectMany(item => item.Places);

    /// <inheritdoc/>
    public override bool Holds(Func<Place, long> content) => Items.Any(item => item.Holds(content));

    /// <inheritdoc/>
    public override string Show(Symbols symbols) => string.Join(@" \/ ", Items.Select(item => item.Show(symbols)));
}
