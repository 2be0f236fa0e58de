namespace Sim.Machine.Memory.Views;

/// <summary>
/// For each word, how old a write may still be seen: the oldest one of each, by word. Words of which every
/// write may be seen are not in it. Never changes.
/// </summary>
internal sealed class View
{
    internal static readonly View Empty = new([]);

    private readonly WordWrite[] _floors;

    private View(WordWrite[] floors) => _floors = floors;

    /// <summary>The writes, in the order of their words.</summary>
    internal ReadOnlySpan<WordWrite> Floors => _floors;

    internal bool IsEmpty => _floors.Length == 0;

    /// <summary>The place of the oldest write of a word that may be seen.</summary>
    internal int FloorOf(WordHistory word)
    {
        int at = Find(word.Number);
        return at < 0 ? 0 : _floors[at].Place;
    }

    /// <summary>Whether the view knows of a write, or of a later one of the same word.</summary>
    internal bool Covers(WordWrite write) => FloorOf(write.Word) >= write.Place;

    /// <summary>The view of whoever has seen a write, too.</summary>
    internal View With(WordWrite write)
    {
        if (write.Place == 0)
        {
            return this;
        }

        int at = Find(write.Word.Number);
        if (at >= 0)
        {
            if (_floors[at].Place >= write.Place)
            {
                return this;
            }

            var replaced = (WordWrite[])_floors.Clone();
            replaced[at] = write;
            return new View(replaced);
        }

        var longer = new WordWrite[_floors.Length + 1];
        Array.Copy(_floors, longer, ~at);
        longer[~at] = write;
        Array.Copy(_floors, ~at, longer, ~at + 1, _floors.Length - ~at);
        return new View(longer);
    }

    /// <summary>The view of whoever has seen what two views have.</summary>
    internal View With(View other)
    {
        if (ReferenceEquals(this, other) || other._floors.Length == 0 || IsAbove(other))
        {
            return this;
        }

        if (other.IsAbove(this))
        {
            return other;
        }

        var joined = new WordWrite[_floors.Length + other._floors.Length];
        (int a, int b, int count) = (0, 0, 0);
        while (a < _floors.Length || b < other._floors.Length)
        {
            int order = a == _floors.Length ? 1 : b == other._floors.Length ? -1
                : _floors[a].Word.Number.CompareTo(other._floors[b].Word.Number);
            joined[count++] = order < 0 ? _floors[a++] : order > 0 ? other._floors[b++] : Later(_floors[a++], other._floors[b++]);
        }

        Array.Resize(ref joined, count);
        return new View(joined);
    }

    private static WordWrite Later(WordWrite one, WordWrite two) => one.Place >= two.Place ? one : two;

    private bool IsAbove(View other)
    {
        int a = 0;
        foreach (WordWrite write in other._floors)
        {
            while (a < _floors.Length && _floors[a].Word.Number < write.Word.Number)
            {
                a++;
            }

            if (a == _floors.Length || _floors[a].Word != write.Word || _floors[a].Place < write.Place)
            {
                return false;
            }
        }

        return true;
    }

    private int Find(int number)
    {
        (int low, int high) = (0, _floors.Length - 1);
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int found = _floors[middle].Word.Number;
            if (found == number)
            {
                return middle;
            }

            (low, high) = found < number ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
