namespace Sim.Explore.Litmus.Views;

/// <summary>For each word, how old a write may still be seen: a place in the order of its writes.</summary>
/// <remarks>A view belongs to one <see cref="ViewState"/>, which moves the places when a write comes between.</remarks>
internal sealed class View
{
    private readonly int[] _floor;

    internal View(int words) => _floor = new int[words];

    private View(int[] floor) => _floor = floor;

    /// <summary>The oldest write of a word that may be seen.</summary>
    internal int this[int word]
    {
        get => _floor[word];
        set => _floor[word] = value;
    }

    /// <summary>The places, for an identity.</summary>
    internal ReadOnlySpan<int> Floor => _floor;

    /// <summary>A copy.</summary>
    internal View Copy() => new([.. _floor]);

    /// <summary>A copy that has seen what the other one has seen, too.</summary>
    internal View With(View other)
    {
        View joined = Copy();
        joined.Join(other);
        return joined;
    }

    /// <summary>From now on has seen what the other one has seen.</summary>
    internal void Join(View other)
    {
        for (int i = 0; i < _floor.Length; i++)
        {
            _floor[i] = Math.Max(_floor[i], other._floor[i]);
        }
    }

    /// <summary>A write of a word comes in at a place.</summary>
    internal void MakeRoom(int word, int place) => _floor[word] += _floor[word] >= place ? 1 : 0;
}
