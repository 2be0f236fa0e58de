using System.Buffers.Binary;
using System.Collections.Immutable;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Arch;

/// <summary>
/// Bytes that never change, on their way from or to user memory: unlike an array they may stand in a
/// routine across an await.
/// </summary>
[Immutable]
public sealed class ByteBlock : IIdentified
{
    private readonly ImmutableArray<byte> _bytes;

    /// <summary>Copies the bytes.</summary>
    public ByteBlock(ReadOnlySpan<byte> bytes) => _bytes = [.. bytes];

    /// <summary>How many bytes there are.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes; not to be kept across an await.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan();

    ulong IIdentified.Identity
    {
        get
        {
            ulong hash = (ulong)_bytes.Length;
            foreach (byte b in _bytes)
            {
                hash = StateHash.Mix(hash, b);
            }

            return hash;
        }
    }

    /// <summary>A block of one 64-bit word.</summary>
    public static ByteBlock OfWord(ulong value, bool bigEndian)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.PutU64(0, value, bigEndian);
        return new ByteBlock(bytes);
    }

    /// <summary>The 64-bit word at an offset.</summary>
    public ulong Word(int offset, bool bigEndian) => Span.U64(offset, bigEndian);

    /// <summary>The 32-bit word at an offset.</summary>
    public uint Half(int offset, bool bigEndian) => Span.U32(offset, bigEndian);
}

/// <summary>Words of either byte order in plain bytes.</summary>
public static class ByteOrder
{
    public static ulong U64(this ReadOnlySpan<byte> bytes, int offset, bool bigEndian)
        => bigEndian
            ? BinaryPrimitives.ReadUInt64BigEndian(bytes[offset..])
            : BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    public static uint U32(this ReadOnlySpan<byte> bytes, int offset, bool bigEndian)
        => bigEndian
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..])
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    public static void PutU64(this Span<byte> bytes, int offset, ulong value, bool bigEndian)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[offset..], value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);
        }
    }

    public static void PutU32(this Span<byte> bytes, int offset, uint value, bool bigEndian)
    {
        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[offset..], value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);
        }
    }

    /// <summary>A word of <paramref name="size"/> bytes, 4 or 8.</summary>
    public static ulong Word(this ReadOnlySpan<byte> bytes, int offset, int size, bool bigEndian)
        => size == 8 ? bytes.U64(offset, bigEndian) : bytes.U32(offset, bigEndian);

    /// <summary>Writes the low <paramref name="size"/> bytes of a word, 4 or 8.</summary>
    public static void PutWord(this Span<byte> bytes, int offset, int size, ulong value, bool bigEndian)
    {
        if (size == 8)
        {
            bytes.PutU64(offset, value, bigEndian);
        }
        else
        {
            bytes.PutU32(offset, (uint)value, bigEndian);
        }
    }
}
