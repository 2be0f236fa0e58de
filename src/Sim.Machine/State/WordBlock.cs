using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sim.Machine.State;

/// <summary>
/// Many neighbouring words, such as a page of memory. In direct mode they are plain memory. In explored
/// mode each word that is touched has a cell, made on first use: a word's identity is its number in the
/// block, so it does not matter who touched it first, and undoing that leaves an unused cell behind.
/// </summary>
public sealed class WordBlock : Undoable
{
    private const int BitsPerWord = 64;

    private readonly MachineObject _owner;
    private readonly long[]? _plain;
    private readonly ReadOnlyMemory<long> _initial;
    private readonly Shared<long>?[] _cells;
    private readonly long[] _made;

    /// <summary>Makes a block.</summary>
    /// <param name="owner">The object whose words these are; it has no other cells.</param>
    /// <param name="count">How many words.</param>
    /// <param name="initial">What they hold at first; words beyond its end hold 0. It never changes.</param>
    /// <param name="isEvent">
    /// Whether making the block puts its content into the state, as copying memory does. Content that
    /// follows from the owner's identity is no news.
    /// </param>
    public WordBlock(MachineObject owner, int count, ReadOnlyMemory<long> initial, bool isEvent)
    {
        _owner = owner;
        _initial = initial;
        Count = count;
        if (owner.Machine.IsDirect)
        {
            _plain = new long[count];
            initial.CopyTo(_plain);
            _cells = [];
            _made = [];
            return;
        }

        _cells = new Shared<long>?[count];
        _made = new long[(count + BitsPerWord - 1) / BitsPerWord];
        for (int i = 0; isEvent && i < initial.Length; i++)
        {
            if (initial.Span[i] != 0)
            {
                owner.Machine.Heap.Change(Cell.PlaceOf(owner, i), 0, initial.Span[i]);
            }
        }
    }

    /// <summary>Number of words.</summary>
    public int Count { get; }

    /// <summary>The memory itself; direct mode only.</summary>
    public long[] Plain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _plain ?? throw new InvalidOperationException("only direct mode has plain memory");
    }

    /// <summary>The cell of a word; explored mode only.</summary>
    public Shared<long> At(int index)
    {
        if (!IsTouched(index))
        {
            Set(index);
        }

        return _cells[index] ??= new Shared<long>(
            _owner, "+0x" + (index * 8).ToString("x", CultureInfo.InvariantCulture), Initial(index), index);
    }

    /// <summary>Whether the running execution touched a word, in explored mode; untouched ones are as they were at first.</summary>
    public bool IsTouched(int index)
        => (_made[index / BitsPerWord] & (1L << (index % BitsPerWord))) != 0;

    /// <summary>What memory holds now, past any store buffer; for observers and for copying.</summary>
    public long Peek(int index) => _plain is not null ? _plain[index] : _cells[index]?.Peek ?? Initial(index);

    /// <summary>The cells of the words that the running execution touched, in order.</summary>
    public IEnumerable<Shared<long>> Touched => Enumerable.Range(0, Count).Where(IsTouched).Select(At);

    /// <summary>What all words hold now.</summary>
    public ReadOnlyMemory<long> Snapshot()
    {
        var words = new long[Count];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Peek(i);
        }

        return words;
    }

    internal override void Undo(int slot, long old) => _made[slot] = old;

    private long Initial(int index) => index < _initial.Length ? _initial.Span[index] : 0;

    private void Set(int index)
    {
        int slot = index / BitsPerWord;
        _owner.Machine.RecordUndo(this, slot, _made[slot]);
        _made[slot] |= 1L << (index % BitsPerWord);
    }
}
