using System.Collections.Immutable;
using Sim.Machine.Ops;

namespace Sim.Arch.Abi;

/// <summary>A member of a structure.</summary>
/// <param name="Name">What the header calls it.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Size">Bytes: 1, 2, 4 or 8.</param>
[Immutable]
public readonly record struct StructMember(string Name, int Offset, int Size);

/// <summary>How programs of one kind lay a structure out in memory.</summary>
/// <param name="Name">The tag.</param>
/// <param name="Size">Bytes, with the padding at the end.</param>
/// <param name="IsBigEndian">Byte order.</param>
/// <param name="Members">The members that have a meaning.</param>
[Immutable]
public sealed record StructLayout(string Name, int Size, bool IsBigEndian, ImmutableArray<StructMember> Members)
{
    /// <summary>A member; it must be there.</summary>
    public StructMember this[string name]
        => Members.First(member => string.Equals(member.Name, name, StringComparison.Ordinal));

    /// <summary>Writes a member; what does not fit is cut off.</summary>
    public void Put(Span<byte> image, string name, ulong value)
    {
        StructMember member = this[name];
        for (int i = 0; i < member.Size; i++)
        {
            int place = IsBigEndian ? member.Size - 1 - i : i;
            image[member.Offset + place] = (byte)(value >> (8 * i));
        }
    }

    /// <summary>Reads a member, without its sign.</summary>
    public ulong Get(ReadOnlySpan<byte> image, string name)
    {
        StructMember member = this[name];
        ulong value = 0;
        for (int i = 0; i < member.Size; i++)
        {
            int place = IsBigEndian ? member.Size - 1 - i : i;
            value |= (ulong)image[member.Offset + place] << (8 * i);
        }

        return value;
    }
}
