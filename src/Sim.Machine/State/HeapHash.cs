using System.Runtime.CompilerServices;

namespace Sim.Machine.State;

/// <summary>The identity of memory as a whole, kept up to date write by write once somebody wants it.</summary>
internal sealed class HeapHash
{
    /// <summary>Whether the identity is kept.</summary>
    internal bool IsKept { get; private set; }

    /// <summary>Whether it is kept or may be wanted later: until a machine starts nobody knows.</summary>
    internal bool IsWanted { get; private set; } = true;

    /// <summary>The identity now.</summary>
    internal StateId Value { get; set; }

    /// <summary>Starts with what memory holds.</summary>
    internal void Begin(IEnumerable<Cell> cells)
    {
        IsKept = true;
        foreach (Cell cell in cells)
        {
            Toggle(cell.Place, cell.Bits);
        }
    }

    /// <summary>Nobody wants the identity any more.</summary>
    internal void End() => IsKept = IsWanted = false;

    /// <summary>A cell appears.</summary>
    internal void Add(Cell cell)
    {
        if (IsKept)
        {
            Toggle(cell.Place, cell.Bits);
        }
    }

    /// <summary>A word appears.</summary>
    internal void Add(ulong place, long bits)
    {
        if (IsKept)
        {
            Toggle(place, bits);
        }
    }

    /// <summary>A cell is about to change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Change(Cell cell, long now)
    {
        if (IsKept)
        {
            ulong place = cell.Place;
            Toggle(place, cell.Bits);
            Toggle(place, now);
        }
    }

    /// <summary>A word changes that need not have a cell.</summary>
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
