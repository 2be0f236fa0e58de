using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sim.Kernel.Memory;

/// <summary>
/// What direct mode remembers of the way from addresses to memory, for speed. Every change of the map
/// empties it.
/// </summary>
internal sealed class Tlb
{
    private const int Size = 512;
    private const ulong NoPage = ulong.MaxValue;

    private readonly Entry[] _read = Create();
    private readonly Entry[] _write = Create();
    private bool _isEmpty = true;

    /// <summary>Reads memory if it is known that the access is permitted and lies in one page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        ref Entry entry = ref At(_read, address);
        if (entry.Page != address >> Paging.PageShift || !Fits<T>(address))
        {
            value = default;
            return false;
        }

        value = Unsafe.ReadUnaligned<T>(ref Place(entry.Words, address));
        return true;
    }

    /// <summary>Writes memory if it is known that the access is permitted and lies in one page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryWrite<T>(ulong address, T value)
        where T : unmanaged
    {
        ref Entry entry = ref At(_write, address);
        if (entry.Page != address >> Paging.PageShift || !Fits<T>(address))
        {
            return false;
        }

        Unsafe.WriteUnaligned(ref Place(entry.Words, address), value);
        return true;
    }

    /// <summary>The words of the page of an address if it is known that it may be written.</summary>
    internal long[]? FindWritable(ulong address)
    {
        ref Entry entry = ref At(_write, address);
        return entry.Page == address >> Paging.PageShift ? entry.Words : null;
    }

    /// <summary>Remembers a page.</summary>
    /// <param name="address">Any address in it.</param>
    /// <param name="page">The page.</param>
    /// <param name="writable">Whether it may be written now.</param>
    /// <param name="readable">Whether it may be read.</param>
    internal void Enter(ulong address, Page page, bool writable, bool readable)
    {
        _isEmpty = false;
        var entry = new Entry(address >> Paging.PageShift, page.Words.Plain);
        At(_read, address) = readable ? entry : Entry.None;
        At(_write, address) = writable ? entry : Entry.None;
    }

    /// <summary>Forgets everything.</summary>
    internal void Flush()
    {
        if (!_isEmpty)
        {
            Array.Fill(_read, Entry.None);
            Array.Fill(_write, Entry.None);
            _isEmpty = true;
        }
    }

    /// <summary>The bytes of plain memory from an address on; the access lies in one page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte Place(long[] words, ulong address)
        => ref Unsafe.AddByteOffset(
            ref Unsafe.As<long, byte>(ref MemoryMarshal.GetArrayDataReference(words)),
            (nint)(address & (Paging.PageSize - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Fits<T>(ulong address)
        where T : unmanaged
        => (address & (Paging.PageSize - 1)) <= Paging.PageSize - (uint)Unsafe.SizeOf<T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Entry At(Entry[] entries, ulong address)
        => ref Unsafe.Add(
            ref MemoryMarshal.GetArrayDataReference(entries), (nint)((address >> Paging.PageShift) & (Size - 1)));

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
