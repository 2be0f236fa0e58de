using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sim.Machine.Races;

/// <summary>Arithmetic on vector clocks: per process, how many of its events are known.</summary>
internal static class VectorClock
{
    /// <summary>Learns what another clock knows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Join(Span<ushort> into, ReadOnlySpan<ushort> from)
    {
        ref ushort a = ref MemoryMarshal.GetReference(into);
        ref ushort b = ref MemoryMarshal.GetReference(from);
        for (int i = 0; i < into.Length; i += Vector<ushort>.Count)
        {
            Vector<ushort> x = Unsafe.ReadUnaligned<Vector<ushort>>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref a, i)));
            Vector<ushort> y = Unsafe.ReadUnaligned<Vector<ushort>>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref b, i)));
            Unsafe.WriteUnaligned(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref a, i)), Vector.Max(x, y));
        }
    }

    /// <summary>Whether a clock has reached any component of a bound.</summary>
    internal static bool ReachesAny(ReadOnlySpan<ushort> clock, ReadOnlySpan<ushort> bound)
    {
        ref byte a = ref Unsafe.As<ushort, byte>(ref MemoryMarshal.GetReference(clock));
        ref byte b = ref Unsafe.As<ushort, byte>(ref MemoryMarshal.GetReference(bound));
        for (int i = 0; i < clock.Length; i += Vector<ushort>.Count)
        {
            Vector<ushort> x = Unsafe.ReadUnaligned<Vector<ushort>>(ref Unsafe.Add(ref a, i * 2));
            Vector<ushort> y = Unsafe.ReadUnaligned<Vector<ushort>>(ref Unsafe.Add(ref b, i * 2));
            if (Vector.GreaterThanOrEqualAny(x, y))
            {
                return true;
            }
        }

        return false;
    }
}
