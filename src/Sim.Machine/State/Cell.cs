using System.Runtime.CompilerServices;
using Sim.Machine.Direct;

namespace Sim.Machine.State;

/// <summary>How a cell takes part in the simulation.</summary>
public enum CellSort : byte
{
    /// <summary>Raced on purpose: every access is a scheduling point and goes through the memory model.</summary>
    Shared,

    /// <summary>Protected by a lock or owned by one fiber: no scheduling point, checked for races.</summary>
    Guarded,

    /// <summary>Belongs to the observers: accesses are ordered events, but no memory model applies.</summary>
    Ghost,
}

/// <summary>
/// One mutable word of the simulated world, named by owner and field. What it holds is 64 bits: a
/// number, or the identity of an object.
/// </summary>
public abstract class Cell : Undoable
{
    private protected long Word;
    private readonly ushort _ordinal;

    private protected Cell(MachineObject owner, string field, CellSort sort, long initial)
    {
        Owner = owner;
        Field = field;
        Sort = sort;
        Word = initial;
        _ordinal = checked((ushort)owner.Own(this));
        owner.Machine.Heap.Add(this);
    }

    /// <summary>
    /// A word that is made when it is first touched. Where it stands in state hashes depends on its
    /// number and not on when it was made, and making it changes no hash: see <see cref="WordBlock"/>.
    /// </summary>
    private protected Cell(MachineObject owner, string field, CellSort sort, long initial, int number)
    {
        Owner = owner;
        Field = field;
        Sort = sort;
        Word = initial;
        owner.Own(this);
        _ordinal = OrdinalOf(number);
    }

    /// <summary>The object the word belongs to.</summary>
    public MachineObject Owner { get; }

    /// <summary>The word's name in its owner.</summary>
    public string Field { get; }

    /// <summary>How accesses are treated.</summary>
    public CellSort Sort { get; }

    /// <summary>The word as memory holds it now, past any store buffer.</summary>
    public long Bits => Word;

    /// <summary>Where the word stands in state hashes.</summary>
    internal ulong Place => StateHash.Mix((ulong)Owner.Id, _ordinal);

    /// <summary>Newest access record of the running execution, plus one; 0 for none.</summary>
    internal int LastAccess { get; set; }

    /// <summary>Under a model with views: the writes of the word, once there were any or somebody looked.</summary>
    internal Memory.Views.WordHistory? History { get; set; }

    /// <summary>In direct mode: who waits for the word to change.</summary>
    internal WaitLine? Waiting { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}.{Field}";

    /// <summary>
    /// Whether a cell is this word. An object whose making was undone is another object when it is made
    /// again, with the same identity; a plan that was made meanwhile still speaks of the old one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Is(Cell? other)
        => ReferenceEquals(this, other) || (other is not null && other._ordinal == _ordinal && other.Owner.Id == Owner.Id);

    /// <summary>Where a numbered word of an object stands in state hashes.</summary>
    internal static ulong PlaceOf(MachineObject owner, int number)
        => StateHash.Mix((ulong)owner.Id, OrdinalOf(number));

    /// <summary>How a value of this cell is printed.</summary>
    public abstract string Show(long bits);

    /// <summary>The word that a store of the same value would leave: wraps a sum at the cell's width.</summary>
    internal abstract long Wrap(long bits);

    /// <summary>Changes the word in memory.</summary>
    internal void SetBits(long bits)
    {
        SimMachine machine = Owner.Machine;
        if (machine.IsDirect)
        {
            PutDirect(bits);
            return;
        }

        machine.RecordUndo(this, 0, Word);
        machine.Heap.Change(this, bits);
        Put(bits);
    }

    internal sealed override void Undo(int slot, long old) => Put(old);

    /// <summary>
    /// Changes the word without a record and wakes who waited for that; direct mode only. Not for a
    /// pointer, which has a method of its own.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PutDirect(long bits)
    {
        Word = bits;
        if (Waiting is not null)
        {
            Owner.Machine.Direct.Wake(this);
        }
    }

    private protected virtual void Put(long bits) => Word = bits;

    private static ushort OrdinalOf(int number) => checked((ushort)(number + 1));

    /// <summary>Fails the execution when the owner was freed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CheckAlive()
    {
        if (Owner.IsFreed)
        {
            Owner.Machine.Violate("KASAN", $"use after free: {this}");
        }
    }
}

/// <summary>Turns small values into words and back.</summary>
internal static class Words
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long From<T>(T value)
        where T : unmanaged
        => Unsafe.SizeOf<T>() switch
        {
            1 => Unsafe.BitCast<T, byte>(value),
            2 => Unsafe.BitCast<T, ushort>(value),
            4 => Unsafe.BitCast<T, int>(value),
            8 => Unsafe.BitCast<T, long>(value),
            _ => throw new NotSupportedException("a cell holds at most eight bytes"),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T To<T>(long bits)
        where T : unmanaged
        => Unsafe.SizeOf<T>() switch
        {
            1 => Unsafe.BitCast<byte, T>((byte)bits),
            2 => Unsafe.BitCast<ushort, T>((ushort)bits),
            4 => Unsafe.BitCast<int, T>((int)bits),
            8 => Unsafe.BitCast<long, T>(bits),
            _ => throw new NotSupportedException("a cell holds at most eight bytes"),
        };
}
