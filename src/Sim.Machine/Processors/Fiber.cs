using Sim.Machine.Direct;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Machine.Processors;

/// <summary>
/// One simulated thread of control: a stack of suspended routines, the operation it has announced,
/// and the locks it holds. Each fiber runs on a processor of its own, so every interleaving of fewer
/// processors is among those of the machine.
/// </summary>
[MachineOwned]
public sealed class Fiber : Undoable, IIdentified
{
    private List<MachineObject>? _held;
    private MachineObject[] _released = [];
    private int _releasedCount;
    private Waiter[] _waiters = [];
    private int _waiterCount;

    internal Fiber(SimMachine machine, int index, string name, int parentEvent)
    {
        Index = index;
        Name = name;
        ParentEvent = parentEvent;
        Cpu = new Cpu(machine, this);
    }

    /// <summary>
    /// The number of the process, the same in all executions of a search; see <see cref="ProcessNumbers"/>. In
    /// direct mode a fiber that has ended comes back, with its number and its processor, as the next one that
    /// is started.
    /// </summary>
    public int Index { get; }

    /// <summary>Its place in the order of starts of this execution: what schedules and tokens name.</summary>
    public int Place { get; internal init; }

    /// <summary>The column heading in pictures of schedules.</summary>
    public string Name { get; internal set; }

    /// <summary>The processor the fiber runs on.</summary>
    public Cpu Cpu { get; }

    /// <summary>The operation that the fiber will perform next.</summary>
    public PendingOp Pending { get => PendingField; internal set => PendingField = value; }

    ulong IIdentified.Identity => (ulong)Index;

    /// <summary>Whether the fiber's routine has ended.</summary>
    public bool IsFinished => Top is null && Deferred is null;

    /// <summary>The locks held, oldest first.</summary>
    public IReadOnlyList<MachineObject> Held => (IReadOnlyList<MachineObject>?)_held ?? [];

    internal PendingOp PendingField;

    internal Frame? Top { get; set; }

    /// <summary>In direct mode: what the fiber will do once the machine runs.</summary>
    internal object? Deferred { get; set; }

    /// <summary>In direct mode: who runs after this one.</summary>
    internal Fiber? NextToRun { get; set; }

    /// <summary>In direct mode: since when the fiber waits, as a number that grows.</summary>
    internal long Ticket { get; set; }

    /// <summary>In direct mode: whether the fiber has waited and was told that it can go on.</summary>
    internal bool WasWoken { get; set; }

    /// <summary>In direct mode: the lines in which the fiber stands.</summary>
    internal ReadOnlySpan<Waiter> Waiters => _waiters.AsSpan(0, _waiterCount);

    /// <summary>Who started the fiber; null for one that belongs to the first state.</summary>
    internal Fiber? Starter { get; init; }

    /// <summary>How many fibers this one has started.</summary>
    internal int Children { get; set; }

    internal int ParentEvent { get; }

    /// <summary>The process that started the fiber, and how far it was then.</summary>
    internal (int Process, int Epoch) Parent { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal void Hold(MachineObject held)
    {
        Cpu.Machine.RecordUndo(this, -1, 0);
        (_held ??= []).Add(held);
    }

    internal bool Release(MachineObject held)
    {
        int at = _held?.LastIndexOf(held) ?? -1;
        if (at < 0)
        {
            return false;
        }

        if (!Cpu.Machine.IsDirect)
        {
            Cpu.Machine.RecordUndo(this, at, 0);
            if (_releasedCount == _released.Length)
            {
                Array.Resize(ref _released, Math.Max(4, _releasedCount * 2));
            }

            _released[_releasedCount++] = held;
        }

        _held!.RemoveAt(at);
        return true;
    }

    /// <summary>A place in one more line.</summary>
    internal Waiter AddWaiter()
    {
        if (_waiterCount == _waiters.Length)
        {
            Array.Resize(ref _waiters, Math.Max(1, _waiterCount * 2));
        }

        return _waiters[_waiterCount++] ??= new Waiter(this);
    }

    /// <summary>The fiber has left all lines.</summary>
    internal void ForgetWaiters() => _waiterCount = 0;

    /// <summary>Makes an ended fiber ready to be started again; it keeps nothing alive.</summary>
    internal void Reset()
    {
        Top = null;
        PendingField = default;
        WasWoken = false;
        _held?.Clear();
        Cpu.Current = null;
    }

    internal override void Undo(int slot, long old)
    {
        if (slot < 0)
        {
            _held!.RemoveAt(_held.Count - 1);
        }
        else
        {
            _held!.Insert(slot, _released[--_releasedCount]);
        }
    }
}
