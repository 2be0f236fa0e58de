using System.Runtime.CompilerServices;

namespace Sim.Machine.State;

/// <summary>The identity of memory as a whole, kept up to date write by write once somebody wants it.</summary>
internal sealed class HeapHash
{
    /// <summary>Whether the identity is kept.</summary>
    internal bool IsKept { get; private set; }

    /// <summary>The identity now.</summary>
    internal StateId Value { get; set; }

    /// <summary>Starts with what memory holds.</summary>
    internal void Begin(IEnumerable<Cell> cells)
    {
        IsKept = true;
        foreach (Cell cell in cells)
        {
            Add(cell.Place, cell.Bits);
        }
    }

    /// <summary>Nobody wants the identity any more.</summary>
    internal void End() => IsKept = false;

    /// <summary>A word appears.</summary>
    internal void Add(ulong place, long bits)
    {
        if (IsKept)
        {
            Toggle(place, bits);
        }
    }

    /// <summary>A word changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Change(ulong place, long old, long now)
    {
        if (IsKept)
        {
            Toggle(place, old);
            Toggle(place, now);
        }
    }

    private void Toggle(ulong place, long bits)
    {
        ulong word = StateHash.At(place, bits);
        Value = new StateId(Value.High ^ word, Value.Low ^ StateHash.Mix(word, place));
    }
}
