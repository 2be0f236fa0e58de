using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sim.Arch;

/// <summary>
/// What direct mode remembers of the way from addresses to memory, for speed. Every change of the map
/// empties it. A page that code was fetched from is never remembered as writable, so each write to code goes the
/// long way, where an interpreter notices it.
/// </summary>
/// <remarks>One for each address space, in direct mode only. It decides nothing: without it everything goes the long way.</remarks>
public sealed class Tlb
{
    private const int PageShift = 12;
    private const ulong PageSize = 1UL << PageShift;
    private const int Size = 512;
    private const ulong NoPage = ulong.MaxValue;

    private readonly Entry[] _read = Create();
    private readonly Entry[] _write = Create();
    private readonly Entry[] _execute = Create();
    private readonly HashSet<long[]> _code = [];
    private bool _isEmpty = true;

    /// <summary>Reads memory if it is known that the access is permitted and lies in one page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        ref Entry entry = ref At(_read, address);
        if (entry.Page != address >> PageShift || !Fits<T>(address))
        {
            value = default;
            return false;
        }

        value = Unsafe.ReadUnaligned<T>(ref Place(entry.Words, address));
        return true;
    }

    /// <summary>Writes memory if it is known that the access is permitted, lies in one page, and no code is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(ulong address, T value)
        where T : unmanaged
    {
        ref Entry entry = ref At(_write, address);
        if (entry.Page != address >> PageShift || !Fits<T>(address))
        {
            return false;
        }

        Unsafe.WriteUnaligned(ref Place(entry.Words, address), value);
        return true;
    }

    /// <summary>Reads 1, 2, 4 or 8 bytes, the first byte lowest, as <see cref="TryRead{T}"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ulong address, int size, out ulong value)
    {
        switch (size)
        {
            case 8:
                return TryRead(address, out value);
            case 4:
                bool four = TryRead(address, out uint word);
                value = word;
                return four;
            case 2:
                bool two = TryRead(address, out ushort half);
                value = half;
                return two;
            default:
                bool one = TryRead(address, out byte single);
                value = single;
                return one;
        }
    }

    /// <summary>Writes the lowest 1, 2, 4 or 8 bytes of a value, as <see cref="TryWrite{T}"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(ulong address, int size, ulong value) => size switch
    {
        8 => TryWrite(address, value),
        4 => TryWrite(address, (uint)value),
        2 => TryWrite(address, (ushort)value),
        _ => TryWrite(address, (byte)value),
    };

    /// <summary>The words of the page of an address if it is known that it may be written and holds no code.</summary>
    public long[]? FindWritable(ulong address)
    {
        ref Entry entry = ref At(_write, address);
        return entry.Page == address >> PageShift ? entry.Words : null;
    }

    /// <summary>The words of the page of an address if code was fetched from it.</summary>
    public long[]? FindCode(ulong address)
    {
        ref Entry entry = ref At(_execute, address);
        return entry.Page == address >> PageShift ? entry.Words : null;
    }

    /// <summary>Remembers a page.</summary>
    /// <param name="address">Any address in it.</param>
    /// <param name="words">Its memory.</param>
    /// <param name="writable">Whether it may be written now.</param>
    /// <param name="readable">Whether it may be read.</param>
    public void Enter(ulong address, long[] words, bool writable, bool readable)
    {
        _isEmpty = false;
        var entry = new Entry(address >> PageShift, words);
        At(_read, address) = readable ? entry : Entry.None;
        At(_write, address) = writable && !_code.Contains(words) ? entry : Entry.None;
        ref Entry code = ref At(_execute, address);
        if (code.Page == entry.Page && code.Words != words)
        {
            code = Entry.None;
        }
    }

    /// <summary>Remembers that code is fetched from a page, and forgets that it could be written, by any address.</summary>
    /// <param name="address">Any address in it.</param>
    /// <param name="words">Its memory.</param>
    public void EnterCode(ulong address, long[] words)
    {
        _isEmpty = false;
        At(_execute, address) = new Entry(address >> PageShift, words);
        if (_code.Add(words))
        {
            foreach (ref Entry entry in _write.AsSpan())
            {
                entry = entry.Words == words ? Entry.None : entry;
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Flush()
    {
        if (!_isEmpty)
        {
            Array.Fill(_read, Entry.None);
            Array.Fill(_write, Entry.None);
            Array.Fill(_execute, Entry.None);
            _code.Clear();
            _isEmpty = true;
        }
    }

    /// <summary>The bytes of plain memory from an address on; the access lies in one page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte Place(long[] words, ulong address)
        => ref Unsafe.AddByteOffset(
            ref Unsafe.As<long, byte>(ref MemoryMarshal.GetArrayDataReference(words)),
            (nint)(address & (PageSize - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits<T>(ulong address)
        where T : unmanaged
        => (address & (PageSize - 1)) <= PageSize - (uint)Unsafe.SizeOf<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Entry At(Entry[] entries, ulong address)
        => ref Unsafe.Add(
            ref MemoryMarshal.GetArrayDataReference(entries), (nint)((address >> PageShift) & (Size - 1)));

    private static Entry[] Create()
    {
        var entries = new Entry[Size];
        Array.Fill(entries, Entry.None);
        return entries;
    }

    private readonly struct Entry(ulong page, long[] words)
    {
        internal static Entry None => new(NoPage, []);

        internal ulong Page { get; } = page;

        internal long[] Words { get; } = words;
    }
}
