using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Kernel.Memory;

/// <summary>Bytes that never change: the content of a file, or what was copied from user memory.</summary>
[Immutable]
public sealed class Bytes : IIdentified
{
    private readonly ImmutableArray<byte> _content;

    private Bytes(ImmutableArray<byte> content) => _content = content;

    /// <summary>No bytes.</summary>
    public static Bytes Empty { get; } = new([]);

    /// <inheritdoc/>
    public ulong Identity
    {
        get
        {
            ulong hash = (ulong)_content.Length;
            foreach (byte b in _content)
            {
                hash = StateHash.Mix(hash, b);
            }

            return hash;
        }
    }

    /// <summary>How many.</summary>
    public int Length => _content.Length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _content.AsSpan();

    /// <summary>A copy of some bytes.</summary>
    public static Bytes Of(ReadOnlySpan<byte> bytes) => new([.. bytes]);

    /// <summary>These and, after them, others.</summary>
    public Bytes With(ReadOnlySpan<byte> more) => new([.. _content, .. more]);

    /// <summary>These and, after them, the low bytes of a word.</summary>
    public Bytes With(long word, int count)
    {
        var whole = new byte[Length + count];
        Span.CopyTo(whole);
        for (int i = 0; i < count; i++)
        {
            whole[Length + i] = (byte)(word >> (8 * i));
        }

        return new Bytes(ImmutableCollectionsMarshal.AsImmutableArray(whole));
    }

    /// <summary>Some of them as the low bytes of a word.</summary>
    internal long Word(int from, int count)
    {
        long word = 0;
        for (int i = 0; i < count; i++)
        {
            word |= (long)_content[from + i] << (8 * i);
        }

        return word;
    }

    /// <summary>The words of one page of a file; missing bytes are 0.</summary>
    internal ReadOnlyMemory<long> Page(long index)
    {
        long from = index << Paging.PageShift;
        if (from >= Length)
        {
            return default;
        }

        var words = new long[Paging.WordsPerPage];
        ReadOnlySpan<byte> bytes = Span[(int)from..(int)Math.Min(Length, from + (long)Paging.PageSize)];
        bytes.CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }
}
