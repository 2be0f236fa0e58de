namespace Sim.Machine.Memory.Views;

/// <summary>A write of a word, as others find it.</summary>
internal sealed class WordWrite(WordHistory word, int writer, int number, long bits)
{
    /// <summary>The word.</summary>
    internal WordHistory Word { get; } = word;

    /// <summary>The processor that made it, or -1 for what the word held at first.</summary>
    internal int Writer { get; } = writer;

    /// <summary>How many writes the processor had made before.</summary>
    internal int Number { get; } = number;

    /// <summary>What the word holds after it.</summary>
    internal long Bits { get; } = bits;

    /// <summary>Where it stands among the writes of its word; moves when an older one comes before it.</summary>
    internal int Place { get; set; }

    /// <summary>What whoever acquires from it has seen.</summary>
    internal View Published { get; set; } = View.Empty;

    /// <summary>
    /// What was seen to compute it, which counts for its own processor only; of an unlock, what the writes of
    /// the section that follows publish.
    /// </summary>
    internal Knowledge Carried { get; init; } = Knowledge.Nothing;

    /// <summary>What barriers of its processor, or of those that it read from, have published.</summary>
    internal View Fenced { get; init; } = View.Empty;

    /// <summary>The full barriers that happen before it.</summary>
    internal FenceClock Fences { get; init; } = FenceClock.None;

    /// <summary>Whether it belongs to an atomic operation that read the write before it.</summary>
    internal bool IsAttached { get; init; }

    /// <summary>Who has read it, or made it, and the full barriers that happen before that.</summary>
    internal IReadOnlyList<(int Processor, FenceClock Fences)> Seen { get; set; } = [];

    /// <summary>Whether a view has a later write of the word, of another processor than this one.</summary>
    internal bool IsBehind(View view, int processor)
    {
        int floor = view.FloorOf(Word);
        return floor > Place && Word[floor].Writer != processor;
    }
}
