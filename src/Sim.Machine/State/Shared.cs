using System.Runtime.CompilerServices;

namespace Sim.Machine.State;

/// <summary>A word of machine state that holds a number, an enum or a flag word.</summary>
public abstract class ValueCell<T> : Cell
    where T : unmanaged
{
    private protected ValueCell(MachineObject owner, string field, CellSort sort, T initial)
        : base(owner, field, sort, Words.From(initial))
    {
    }

    private protected ValueCell(MachineObject owner, string field, CellSort sort, T initial, int number)
        : base(owner, field, sort, Words.From(initial), number)
    {
    }

    /// <summary>The value in memory now; for observers and for setting up a world, not for routines.</summary>
    public T Peek
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Words.To<T>(Word);
    }

    /// <inheritdoc/>
    public override string Show(long bits)
    {
        T value = Words.To<T>(bits);
        return value switch
        {
            bool flag => flag ? "1" : "0",
            _ => value.ToString() ?? "",
        };
    }

    internal sealed override long Wrap(long bits) => Words.From(Words.To<T>(bits));
}

/// <summary>A word that is raced on purpose. Accessed through <see cref="Processors.Cpu"/> only.</summary>
public sealed class Shared<T> : ValueCell<T>
    where T : unmanaged
{
    /// <summary>A word of an object.</summary>
    /// <param name="owner">The object the word belongs to.</param>
    /// <param name="field">Its name there.</param>
    /// <param name="initial">What it holds at first.</param>
    public Shared(MachineObject owner, string field, T initial = default)
        : base(owner, field, CellSort.Shared, initial)
    {
    }

    internal Shared(MachineObject owner, string field, T initial, int number)
        : base(owner, field, CellSort.Shared, initial, number)
    {
    }
}

/// <summary>A word of an observer's state. Accessed through <see cref="Processors.Cpu"/> only.</summary>
public sealed class Ghost<T>(MachineObject owner, string field, T initial = default)
    : ValueCell<T>(owner, field, CellSort.Ghost, initial)
    where T : unmanaged
{
    /// <summary>
    /// Changes what an observer knows, inside a step that already orders the observer's events by an
    /// access to another ghost cell.
    /// </summary>
    public void Note(T value) => SetBits(Words.From(value));
}

/// <summary>A word that points at an object and is raced on purpose.</summary>
public sealed class SharedRef<T>(MachineObject owner, string field, T? initial = null)
    : RefCell<T>(owner, field, CellSort.Shared, initial)
    where T : MachineObject;

/// <summary>A word that holds the identity of an object, or 0.</summary>
public abstract class RefCell<T> : Cell
    where T : MachineObject
{
    private T? _reference;

    private protected RefCell(MachineObject owner, string field, CellSort sort, T? initial)
        : base(owner, field, sort, initial?.Id ?? 0)
        => _reference = initial;

    /// <summary>The object in memory now; for observers and for setting up a world.</summary>
    public T? Peek
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _reference;
    }

    /// <inheritdoc/>
    /// <remarks>In direct mode, which keeps no table of objects, only the object that is there now has a name.</remarks>
    public override string Show(long bits)
    {
        if (bits == 0)
        {
            return "NULL";
        }

        MachineObject? known = bits == Word || Owner.Machine.IsDirect ? _reference : Owner.Machine.Objects.Find(bits);
        return known?.Id == bits ? known.ToString() : $"object {bits}";
    }

    /// <summary>Changes the pointer in memory, as <see cref="Cell.PutDirect"/> does; direct mode only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void PutDirect(T? value)
    {
        _reference = value;
        PutDirect(value?.Id ?? 0);
    }

    /// <summary>Changes the pointer in memory, in either mode.</summary>
    internal void Assign(T? value)
    {
        if (Owner.Machine.IsDirect)
        {
            PutDirect(value);
        }
        else
        {
            SetBits(value?.Id ?? 0);
        }
    }

    internal sealed override long Wrap(long bits) => bits;

    private protected override void Put(long bits)
    {
        Word = bits;
        _reference = (T?)Owner.Machine.Objects.Find(bits);
    }
}

/// <summary>A pointer in an observer's state.</summary>
public sealed class GhostRef<T>(MachineObject owner, string field)
    : RefCell<T>(owner, field, CellSort.Ghost, null)
    where T : MachineObject
{
    /// <inheritdoc cref="Ghost{T}.Note"/>
    public void Note(T? value) => Assign(value);
}
