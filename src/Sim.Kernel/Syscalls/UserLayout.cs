using Sim.Arch;
using Sim.Kernel.Memory;
using Sim.Machine.Ops;

namespace Sim.Kernel.Syscalls;

/// <summary>How programs lay structures out in memory. Source: the uapi headers of x86 and powerpc.</summary>
/// <param name="WordSize">Bytes of a long: 8, or 4 in 32-bit programs.</param>
/// <param name="IsBigEndian">Byte order.</param>
[Immutable]
public readonly record struct UserLayout(int WordSize, bool IsBigEndian)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>struct timespec and struct timeval.</summary>
    public int TimeSize => 2 * WordSize;

    /// <summary>struct sigaction of rt_sigaction(): handler, flags, restorer, mask.</summary>
    public int SigactionSize => (3 * WordSize) + 8;

    /// <summary>stack_t: address, an int of flags, size.</summary>
    public int StackSize => 3 * WordSize;

    /// <summary>struct rusage: two timevals and 14 longs.</summary>
    public int RusageSize => 18 * WordSize;

    /// <summary>Longs, one after the other.</summary>
    public Bytes Words(params ReadOnlySpan<long> values)
    {
        Span<byte> bytes = stackalloc byte[values.Length * WordSize];
        for (int i = 0; i < values.Length; i++)
        {
            bytes.PutWord(i * WordSize, WordSize, (ulong)values[i], IsBigEndian);
        }

        return Bytes.Of(bytes);
    }

    /// <summary>Ints, one after the other.</summary>
    public Bytes Ints(params ReadOnlySpan<int> values)
    {
        Span<byte> bytes = stackalloc byte[values.Length * 4];
        for (int i = 0; i < values.Length; i++)
        {
            bytes.PutU32(i * 4, (uint)values[i], IsBigEndian);
        }

        return Bytes.Of(bytes);
    }

    /// <summary>sigset_t: one long of 64-bit programs, two of others, signal 1 in the first.</summary>
    public Bytes SignalSet(ulong set) => WordSize == 8
        ? Words((long)set)
        : Ints((int)set, (int)(set >> 32));

    /// <summary>The long at a position.</summary>
    public long Word(Bytes bytes, int index) => WordSize == 8
        ? (long)bytes.Span.U64(index * 8, IsBigEndian)
        : (int)bytes.Span.U32(index * 4, IsBigEndian);

    /// <summary>The unsigned long at a position.</summary>
    public ulong Address(Bytes bytes, int index) => bytes.Span.Word(index * WordSize, WordSize, IsBigEndian);

    /// <summary>The int at an offset.</summary>
    public int Half(Bytes bytes, int offset) => (int)bytes.Span.U32(offset, IsBigEndian);

    /// <summary>The sigset_t at an offset.</summary>
    public ulong SignalSet(Bytes bytes, int offset) => WordSize == 8
        ? bytes.Span.U64(offset, IsBigEndian)
        : bytes.Span.U32(offset, IsBigEndian) | ((ulong)bytes.Span.U32(offset + 4, IsBigEndian) << 32);

    /// <summary>stack_t.</summary>
    public Bytes Stack(ulong sp, int flags, ulong size)
    {
        ReadOnlySpan<int> padded = [flags, 0];
        return Words((long)sp).With(Ints(padded[..(WordSize / 4)]).Span).With(Words((long)size).Span);
    }

    /// <summary>struct timespec.</summary>
    public Bytes Timespec(long nanoseconds)
        => Words(nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond);

    /// <summary>struct timeval.</summary>
    public Bytes Timeval(long nanoseconds)
        => Words(nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond / NanosecondsPerMicrosecond);

    /// <summary>Nanoseconds of a timespec; -1 when it is none. What is too long is as good as for ever.</summary>
    public long Nanoseconds(Bytes bytes) => Span(Word(bytes, 0), Word(bytes, 1), 1);

    /// <summary>Nanoseconds of the timeval whose first long is at a position; -1 when it is none.</summary>
    public long FromTimeval(Bytes bytes, int index)
        => Span(Word(bytes, index), Word(bytes, index + 1), NanosecondsPerMicrosecond);

    private static long Span(long seconds, long fraction, long unit)
    {
        if (seconds < 0 || fraction < 0 || fraction >= NanosecondsPerSecond / unit)
        {
            return -1;
        }

        return seconds >= Time.Timekeeper.Longest / NanosecondsPerSecond
            ? Time.Timekeeper.Longest
            : (seconds * NanosecondsPerSecond) + (fraction * unit);
    }
}
