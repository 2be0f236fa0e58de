using System.Runtime.CompilerServices;

namespace Sim.Machine.Processors;

/// <summary>
/// Some neighbouring bytes of an eight-byte word: what an access narrower than the word touches. Byte 0
/// is the least significant one. The default is the whole word.
/// </summary>
/// <param name="Code">0 for the whole word, otherwise where the bytes begin and how many they are.</param>
public readonly record struct Lane(byte Code)
{
    /// <summary>The bytes from <paramref name="offset"/> on.</summary>
    /// <param name="offset">The first byte, 0 to 7.</param>
    /// <param name="size">How many; they end within the word.</param>
    public static Lane Of(int offset, int size)
        => size == 8 ? default : new Lane((byte)(1 + offset + ((size - 1) * 8)));

    /// <summary>Whether it is the whole word.</summary>
    public bool IsWhole => Code == 0;

    /// <summary>The bits of the word that belong to it.</summary>
    public long Mask => Code == 0 ? -1 : Width << Shift;

    private int Shift => Code == 0 ? 0 : ((Code - 1) & 7) * 8;

    private long Width => (1L << (8 * (((Code - 1) >> 3) + 1))) - 1;

    /// <summary>What the bytes hold, as an unsigned number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Extract(long word) => Code == 0 ? word : (word >> Shift) & Width;

    /// <summary>The word with other content in the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Insert(long word, long value)
        => Code == 0 ? value : (word & ~Mask) | ((value & Width) << Shift);
}
