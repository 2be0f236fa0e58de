using Sim.Machine.Ops;

namespace Sim.Scenarios.MachineCode;

/// <summary>Where control leaves a sequence from a load and reserve to its conditional store.</summary>
/// <param name="Behind">The instruction behind the conditional store; 0 for no sequence.</param>
/// <param name="Aside">Where a conditional branch in between leads; 0 when that needs no trap of its own.</param>
/// <remarks>Source: spec section 8.5, with the patterns of gdb's rs6000-tdep.c.</remarks>
[Immutable]
internal readonly record struct AtomicSequence(ulong Behind, ulong Aside)
{
    private const uint LoadMask = 0xfc00_07fe;
    private const uint StoreMask = 0xfc00_07ff;
    private const uint Opcode = 0xfc00_0000;

    /// <summary>lwarx or ldarx.</summary>
    internal static bool Begins(uint word) => (word & LoadMask) is 0x7c00_0028 or 0x7c00_00a8;

    /// <summary>stwcx. or stdcx.</summary>
    internal static bool Ends(uint word) => (word & StoreMask) is 0x7c00_012d or 0x7c00_01ad;

    /// <summary>bc.</summary>
    internal static bool IsConditionalBranch(uint word) => (word & Opcode) == 0x4000_0000;

    /// <summary>Where bc leads.</summary>
    internal static ulong TargetOf(uint word, ulong at)
    {
        long displacement = (short)(word & 0xfffc);
        return (word & 2) != 0 ? (ulong)displacement : at + (ulong)displacement;
    }

    /// <summary>A sequence; a branch that stays inside it, or leads right behind it, needs no trap.</summary>
    internal static AtomicSequence Of(ulong start, ulong store, ulong aside)
    {
        ulong behind = store + 4;
        return new AtomicSequence(behind, aside == behind || (aside >= start && aside <= store) ? 0 : aside);
    }
}
