using System.Runtime.CompilerServices;
using Sim.Machine.Memory;
using Sim.Machine.State;

namespace Sim.Machine.Processors;

/// <summary>What kind of step an operation is.</summary>
public enum OpKind : byte
{
    /// <summary>Nothing announced.</summary>
    None,

    /// <summary>Reads a cell.</summary>
    Load,

    /// <summary>Writes a cell.</summary>
    Store,

    /// <summary>Reads and writes a cell in one step.</summary>
    Rmw,

    /// <summary>Waits until the processor's own stores are visible.</summary>
    Fence,

    /// <summary>Waits until one of several cells no longer holds what was last seen there.</summary>
    Watch,

    /// <summary>Ends the lifetime of an object.</summary>
    Free,

    /// <summary>Picks one of several alternatives.</summary>
    Choose,

    /// <summary>A scheduling point without effect.</summary>
    Yield,

    /// <summary>The oldest store of a processor's buffer reaches memory.</summary>
    Flush,

    /// <summary>The fiber ends where it is.</summary>
    End,
}

/// <summary>What a read-modify-write stores.</summary>
public enum RmwKind : byte
{
    /// <summary>Stores the operand.</summary>
    Exchange,

    /// <summary>Stores the second operand if the cell holds the first; otherwise it is only a read.</summary>
    CompareExchange,

    /// <summary>Adds the operand.</summary>
    Add,

    /// <summary>Sets the operand's bits.</summary>
    Or,

    /// <summary>Clears the operand's bits.</summary>
    AndNot,

    /// <summary>Stores the second operand if any bit of the first is set; otherwise it is only a read.</summary>
    ExchangeIfAny,

    /// <summary>Keeps the operand's bits.</summary>
    And,

    /// <summary>Turns the operand's bits over.</summary>
    Xor,

    /// <summary>Adds the second operand unless the cell holds the first; otherwise it is only a read.</summary>
    AddUnless,
}

/// <summary>When a blocking operation may run, in terms of what its cell holds.</summary>
public enum GuardKind : byte
{
    /// <summary>Always.</summary>
    None,

    /// <summary>While the cell holds the guard operand.</summary>
    Equal,

    /// <summary>While the cell does not hold the guard operand.</summary>
    NotEqual,

    /// <summary>While no bit of the guard operand is set.</summary>
    NoneOf,

    /// <summary>While any bit of the guard operand is set.</summary>
    AnyOf,
}

/// <summary>
/// An operation that a fiber has announced and not yet performed. Whether it can run, and whether it
/// would read or write, depends on nothing but these fields and the words they name.
/// </summary>
public readonly struct PendingOp
{
    private readonly OpKind _kind;
    private readonly RmwKind _rmw;
    private readonly GuardKind _guard;
    private readonly byte _alternatives;
    private readonly Lane _lane;
    private readonly Ordering _order;
    private readonly Cell? _cell;
    private readonly object? _extra;
    private readonly long _a;
    private readonly long _b;

    /// <summary>The kind of step.</summary>
    public OpKind Kind { get => _kind; init => _kind = value; }

    /// <summary>For <see cref="OpKind.Rmw"/>: the function.</summary>
    public RmwKind Rmw { get => _rmw; init => _rmw = value; }

    /// <summary>When it may run.</summary>
    public GuardKind Guard { get => _guard; init => _guard = value; }

    /// <summary>For <see cref="OpKind.Choose"/>: the number of alternatives.</summary>
    public byte Alternatives { get => _alternatives; init => _alternatives = value; }

    /// <summary>Which bytes of the cell it touches; the whole word unless it says otherwise.</summary>
    public Lane Lane { get => _lane; init => _lane = value; }

    /// <summary>What it orders beside what its kind orders anyway.</summary>
    public Ordering Order { get => _order; init => _order = value; }

    /// <summary>The cell it touches, if it is one.</summary>
    public Cell? Cell { get => _cell; init => _cell = value; }

    /// <summary>Value to store, or first operand.</summary>
    public long A { get => _a; init => _a = value; }

    /// <summary>Second operand of a conditional exchange; otherwise the guard operand.</summary>
    public long B { get => _b; init => _b = value; }

    /// <summary>The <see cref="Site"/>, <see cref="WatchSet"/> or object to free.</summary>
    public object? Extra { get => _extra; init => _extra = value; }

    /// <summary>
    /// Makes the operation in a slot a copy of another. Unlike an assignment it does not write a
    /// reference that is there already: the collector's write barrier is the dear part of copying.
    /// </summary>
    internal static void Copy(in PendingOp op, ref PendingOp slot)
    {
        Unsafe.AsRef(in slot._kind) = op._kind;
        Unsafe.AsRef(in slot._rmw) = op._rmw;
        Unsafe.AsRef(in slot._guard) = op._guard;
        Unsafe.AsRef(in slot._alternatives) = op._alternatives;
        Unsafe.AsRef(in slot._lane) = op._lane;
        Unsafe.AsRef(in slot._order) = op._order;
        Unsafe.AsRef(in slot._a) = op._a;
        Unsafe.AsRef(in slot._b) = op._b;
        if (slot._cell != op._cell)
        {
            Unsafe.AsRef(in slot._cell) = op._cell;
        }

        if (slot._extra != op._extra)
        {
            Unsafe.AsRef(in slot._extra) = op._extra;
        }
    }

    /// <summary>Makes the operation in a slot a plain access of a cell.</summary>
    internal static void Access(OpKind kind, Cell cell, long a, Lane lane, Ordering order, ref PendingOp slot)
    {
        Unsafe.AsRef(in slot._kind) = kind;
        Unsafe.AsRef(in slot._rmw) = default;
        Unsafe.AsRef(in slot._guard) = default;
        Unsafe.AsRef(in slot._alternatives) = 0;
        Unsafe.AsRef(in slot._lane) = lane;
        Unsafe.AsRef(in slot._order) = order;
        Unsafe.AsRef(in slot._a) = a;
        Unsafe.AsRef(in slot._b) = 0;
        Unsafe.AsRef(in slot._extra) = null;
        if (slot._cell != cell)
        {
            Unsafe.AsRef(in slot._cell) = cell;
        }
    }

    /// <summary>Whether the guard lets the operation run when the cell holds <paramref name="bits"/>.</summary>
    public bool Permits(long bits) => Guard switch
    {
        GuardKind.None => true,
        GuardKind.Equal => bits == B,
        GuardKind.NotEqual => bits != B,
        GuardKind.NoneOf => (bits & B) == 0,
        GuardKind.AnyOf => (bits & B) != 0,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether the operation would change its cell when that holds <paramref name="bits"/>.</summary>
    /// <remarks>A conditional exchange that fails is a read: independence is conditional.</remarks>
    public bool Writes(long bits) => Kind switch
    {
        OpKind.Store or OpKind.Flush or OpKind.Free => true,
        OpKind.Rmw => Rmw switch
        {
            RmwKind.CompareExchange => _lane.Extract(bits) == A,
            RmwKind.ExchangeIfAny => (_lane.Extract(bits) & A) != 0,
            RmwKind.AddUnless => _lane.Extract(bits) != A,
            RmwKind.Exchange or RmwKind.Add or RmwKind.Or or RmwKind.AndNot or RmwKind.And or RmwKind.Xor => true,
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        OpKind.None or OpKind.Load or OpKind.Fence or OpKind.Watch or OpKind.Choose or OpKind.Yield or OpKind.End
            => false,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether what a read-modify-write stores is computed from what it found.</summary>
    public bool IsComputed => Rmw is not (RmwKind.Exchange or RmwKind.CompareExchange or RmwKind.ExchangeIfAny);

    /// <summary>What the cell holds after a read-modify-write that found <paramref name="bits"/>.</summary>
    public long Apply(long bits) => _lane.IsWhole ? Result(bits) : _lane.Insert(bits, Result(_lane.Extract(bits)));

    private long Result(long bits) => Rmw switch
    {
        RmwKind.Exchange => A,
        RmwKind.CompareExchange => bits == A ? B : bits,
        RmwKind.Add => bits + A,
        RmwKind.Or => bits | A,
        RmwKind.AndNot => bits & ~A,
        RmwKind.ExchangeIfAny => (bits & A) != 0 ? B : bits,
        RmwKind.And => bits & A,
        RmwKind.Xor => bits ^ A,
        RmwKind.AddUnless => bits == A ? bits : bits + B,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>Cells and what a poller last saw in them; it is runnable once one of them differs.</summary>
[Ops.Immutable]
public sealed class WatchSet : IIdentified
{
    private readonly (Cell Cell, long Seen)[] _entries;

    private WatchSet((Cell, long)[] entries, bool isReady)
    {
        _entries = entries;
        IsReady = isReady;
    }

    /// <summary>Watches nothing yet.</summary>
    public static WatchSet Empty { get; } = new([], false);

    /// <summary>Reads several cells in one step without waiting; none yet.</summary>
    public static WatchSet Always { get; } = new([], true);

    /// <summary>Adds a cell and the value that the poller saw in it.</summary>
    public WatchSet With<T>(ValueCell<T> cell, T seen)
        where T : unmanaged
        => new([.. _entries, (cell, Words.From(seen))], IsReady);

    /// <summary>Adds cells as they are now: for a reader that does not wait.</summary>
    public WatchSet With(IEnumerable<Shared<long>> cells)
        => new([.. _entries, .. cells.Select(cell => ((Cell)cell, cell.Bits))], IsReady);

    /// <summary>Adds a cell and the object that the poller saw in it.</summary>
    public WatchSet With<T>(RefCell<T> cell, T? seen)
        where T : MachineObject
        => new([.. _entries, (cell, seen?.Id ?? 0)], IsReady);

    /// <inheritdoc/>
    public ulong Identity
    {
        get
        {
            ulong hash = 7;
            foreach ((Cell cell, long seen) in _entries)
            {
                hash = StateHash.Mix(hash, StateHash.At(cell.Place, seen));
            }

            return hash;
        }
    }

    /// <summary>Whether the reader does not wait.</summary>
    internal bool IsReady { get; }

    /// <summary>The names of the watched cells.</summary>
    public IEnumerable<string> Names => _entries.Select(entry => entry.Cell.ToString()!);

    /// <summary>The watched cells and the words last seen in them.</summary>
    internal ReadOnlySpan<(Cell Cell, long Seen)> Entries => _entries;

    /// <summary>Reports a watched cell whose owner was freed.</summary>
    internal void CheckAlive()
    {
        foreach ((Cell cell, long _) in _entries)
        {
            cell.CheckAlive();
        }
    }

    /// <summary>Whether any cell holds something else than was seen.</summary>
    internal bool Changed
    {
        get
        {
            foreach ((Cell cell, long seen) in _entries)
            {
                if (cell.Bits != seen)
                {
                    return true;
                }
            }

            return IsReady;
        }
    }
}
