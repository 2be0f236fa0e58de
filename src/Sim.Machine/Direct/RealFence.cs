using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sim.Machine.Direct;

/// <summary>A full barrier of the processor that the simulator runs on, for measuring what barriers cost.</summary>
internal static class RealFence
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SuppressMessage("ApiDesign", "RS0030", Justification = "nothing is shared between threads; the cost is what is wanted")]
    internal static void Issue() => System.Threading.Interlocked.MemoryBarrier();
}
