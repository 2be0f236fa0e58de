namespace Sim.Machine.State;

/// <summary>
/// An object of the simulated world: it owns cells, has a stable identity, a name that traces print,
/// and a lifetime. All its mutable state is in cells and machine-owned collections.
/// </summary>
public abstract class MachineObject : Undoable
{
    private readonly List<Cell>? _cells;
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
        _cells = machine.IsDirect ? null : [];
    }

    /// <summary>The machine that owns the object.</summary>
    public SimMachine Machine { get; }

    /// <summary>Stable identity: depends on who allocated it and on that one's count, not on the schedule.</summary>
    public long Id { get; }

    /// <summary>What traces call such objects.</summary>
    public string Kind { get; }

    /// <summary>What traces call this one.</summary>
    public string Label => _label ?? Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whether the object's memory was given back.</summary>
    public bool IsFreed => _freed;

    /// <summary>The cells of the object, in the order of declaration; nobody asks for them in direct mode.</summary>
    internal IReadOnlyList<Cell> Cells => (IReadOnlyList<Cell>?)_cells ?? [];

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}[{Label}]";

    internal int Own(Cell cell)
    {
        _cells?.Add(cell);
        return ++_cellCount;
    }

    /// <summary>Ends the object's lifetime. A second time is a double free.</summary>
    internal void MarkFreed()
    {
        if (_freed)
        {
            Machine.Violate("KASAN", $"double free of {this}");
            return;
        }

        if (!Machine.IsDirect)
        {
            Machine.RecordUndo(this, -1, 0);
            Machine.Heap.Add(StateHash.Identity(this), 1);
        }

        _freed = true;
    }

    internal override void Undo(int slot, long old) => _freed = old != 0;
}
