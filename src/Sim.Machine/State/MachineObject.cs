namespace Sim.Machine.State;

/// <summary>
/// An object of the simulated world: it owns cells, has a stable identity, a name that traces print,
/// and a lifetime. All its mutable state is in cells and machine-owned collections.
/// </summary>
public abstract class MachineObject : Undoable
{
    private const int FreedSlot = -1;
    private const int PartSlot = -2;

    /// <summary>Null in direct mode, where nobody asks.</summary>
    private readonly Members? _members;
    private readonly string? _label;
    private int _cellCount;
    private bool _freed;

    /// <summary>Allocates the object.</summary>
    /// <param name="machine">The machine that owns it.</param>
    /// <param name="kind">What traces call such objects, e.g. <c>task</c>; numbered per kind.</param>
    /// <param name="label">A name of its own for this one, instead of a number.</param>
    protected MachineObject(SimMachine machine, string kind, string? label = null)
    {
        Machine = machine;
        Id = machine.Objects.Add(this);
        Kind = kind;
        _label = label;
        _members = machine.IsDirect ? null : new Members();
    }

    /// <summary>Makes a part of another object, as a lock inside a struct: its memory is given back with that one's.</summary>
    /// <param name="whole">The object that it lies in.</param>
    /// <param name="kind">What traces call such objects.</param>
    /// <param name="label">A name of its own for this one, instead of a number.</param>
    protected MachineObject(MachineObject whole, string kind, string? label = null)
        : this(whole.Machine, kind, label)
    {
        Whole = whole;
        if (!Machine.IsDirect)
        {
            Machine.RecordUndo(whole, PartSlot, 0);
            (whole._members!.Parts ??= []).Add(this);
            whole.ForgetAll();
        }
    }

    /// <summary>
    /// Makes a numbered member of an object, which has a lifetime of its own. Its identity depends on the object and the number alone, not
    /// on who makes it or when, so that making it on first use is no event. No cell can point at it.
    /// </summary>
    /// <param name="whole">The object it is a member of.</param>
    /// <param name="kind">What traces call such members.</param>
    /// <param name="number">Its number in the object; members of one kind have different numbers.</param>
    /// <param name="label">What traces call this one.</param>
    protected MachineObject(MachineObject whole, string kind, long number, string label)
    {
        Machine = whole.Machine;
        ulong place = StateHash.Mix(StateHash.OfText(kind), (ulong)whole.Id);
        Id = (long)(StateHash.Mix(place, (ulong)number) | (1UL << 63));
        Kind = kind;
        _label = label;
        _members = Machine.IsDirect ? null : new Members();
    }

    /// <summary>The machine that owns the object.</summary>
    public SimMachine Machine { get; }

    /// <summary>Stable identity: depends on who allocated it and on that one's count, not on the schedule.</summary>
    public long Id { get; }

    /// <summary>What traces call such objects.</summary>
    public string Kind { get; }

    /// <summary>What traces call this one.</summary>
    public string Label => _label ?? Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The name of its own, or null.</summary>
    public string? GivenLabel => _label;

    /// <summary>Whether the object's memory was given back.</summary>
    public bool IsFreed => _freed;

    /// <summary>The cells of the object, in the order of declaration; nobody asks for them in direct mode.</summary>
    internal IReadOnlyList<Cell> Cells => (IReadOnlyList<Cell>?)_members?.Cells ?? [];

    /// <summary>The object that this one is a part of, or null.</summary>
    internal MachineObject? Whole { get; }

    /// <summary>The cells of the object and of its parts.</summary>
    internal Cell[] CellsWithParts
        => _members is null ? [] : _members.All ??=
            [.. _members.Cells, .. _members.Parts?.SelectMany(part => part.CellsWithParts) ?? []];

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}[{Label}]";

    internal int Own(Cell cell)
    {
        _members?.Cells.Add(cell);
        ForgetAll();
        return ++_cellCount;
    }

    private void ForgetAll()
    {
        for (MachineObject? item = this; item is not null; item = item.Whole)
        {
            if (item._members is { } members)
            {
                members.All = null;
            }
        }
    }

    /// <summary>Whether an object is this one or lies in it, or is the same that was made again: see <see cref="Cell.Is"/>.</summary>
    internal bool Contains(MachineObject? other)
    {
        while (other is not null && other.Id != Id)
        {
            other = other.Whole;
        }

        return other is not null;
    }

    /// <summary>Ends the lifetime of the object and of its parts. A second time is a double free.</summary>
    internal void MarkFreed()
    {
        if (!_freed && !Machine.IsDirect)
        {
            Machine.Heap.Add(StateHash.Identity(this), 1);
        }

        MarkAllFreed();
    }

    /// <summary>As <see cref="MarkFreed"/>, of an object that nobody can reach any more.</summary>
    internal void MarkForgotten() => MarkAllFreed();

    /// <summary>That a part's life has ended follows from the whole's; identities of states say it once.</summary>
    private void MarkAllFreed()
    {
        if (_freed)
        {
            Machine.Violate("KASAN", $"double free of {this}");
            return;
        }

        if (!Machine.IsDirect)
        {
            Machine.RecordUndo(this, FreedSlot, 0);
        }

        _freed = true;
        for (int i = 0; i < _members?.Parts?.Count; i++)
        {
            _members.Parts[i].MarkAllFreed();
        }
    }

    internal override void Undo(int slot, long old)
    {
        if (slot == PartSlot)
        {
            List<MachineObject> parts = _members!.Parts!;
            parts.RemoveAt(parts.Count - 1);
            ForgetAll();
        }
        else
        {
            _freed = old != 0;
        }
    }

    /// <summary>What an object is made of.</summary>
    private sealed class Members
    {
        internal List<Cell> Cells { get; } = [];

        internal List<MachineObject>? Parts { get; set; }

        /// <summary>The cells of the object and of its parts, if nothing was added or taken away since somebody asked.</summary>
        internal Cell[]? All { get; set; }
    }
}
