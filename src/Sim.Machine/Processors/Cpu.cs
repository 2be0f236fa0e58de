using System.Runtime.CompilerServices;
using Sim.Machine.Memory;
using Sim.Machine.Memory.Views;
using Sim.Machine.Ops;
using Sim.Machine.State;
using Sim.Machine.Tracing;

namespace Sim.Machine.Processors;

/// <summary>
/// What a simulated routine talks to: its processor. Every method here that is awaited is a
/// scheduling point; nothing else is.
/// </summary>
[MachineOwned]
public sealed class Cpu : IIdentified
{
    /// <summary>Most alternatives of one <see cref="Choose"/>.</summary>
    public const int MostAlternatives = 64;

    internal Cpu(SimMachine machine, Fiber fiber)
    {
        Machine = machine;
        Fiber = fiber;
    }

    /// <summary>The machine.</summary>
    public SimMachine Machine { get; }

    /// <summary>The thread of control that runs here.</summary>
    public Fiber Fiber { get; }

    /// <summary>Whose work the processor does; set once, before its fiber does anything else.</summary>
    public MachineObject? Current { get; set; }

    ulong IIdentified.Identity => (ulong)Fiber.Index;

    /// <summary>Reads a word.</summary>
    public LoadAwaiter<T> Load<T>(ValueCell<T> cell)
        where T : unmanaged
        => new(this, cell);

    /// <summary>Reads some bytes of a word in one step; answers a word in which only they count.</summary>
    public LoadAwaiter<long> Load(Shared<long> cell, Lane lane) => new(this, cell, lane);

    /// <summary>Reads a word; what comes later is behind it, as smp_load_acquire() has it.</summary>
    public LoadAwaiter<T> LoadAcquire<T>(ValueCell<T> cell)
        where T : unmanaged
        => new(this, cell, default, Ordering.Acquire);

    /// <summary>Reads a pointer.</summary>
    public LoadRefAwaiter<T> Load<T>(RefCell<T> cell)
        where T : MachineObject
        => new(this, cell);

    /// <summary>Writes a word.</summary>
    public StoreAwaiter Store<T>(ValueCell<T> cell, T value)
        where T : unmanaged
        => new(this, cell, Words.From(value));

    /// <summary>Writes a word; who acquires it sees what came before, as with smp_store_release().</summary>
    public StoreAwaiter StoreRelease<T>(ValueCell<T> cell, T value)
        where T : unmanaged
        => new(this, cell, Words.From(value), default, Ordering.Release);

    /// <summary>Writes the word that says that a read section has ended; see <see cref="Ordering.SectionEnd"/>.</summary>
    public StoreAwaiter EndReadSection<T>(ValueCell<T> cell, T value)
        where T : unmanaged
        => new(this, cell, Words.From(value), default, Ordering.SectionEnd);

    /// <summary>Writes the word of a lock that is given up; see <see cref="Ordering.Unlock"/>.</summary>
    public StoreAwaiter Unlock<T>(ValueCell<T> cell, T value)
        where T : unmanaged
        => new(this, cell, Words.From(value), default, Ordering.Unlock);

    /// <summary>
    /// Writes some bytes of a word in one step. Under TSO they wait in the store buffer like any store,
    /// and a later load is served from there if it reads no other bytes; one that does waits until the
    /// store has reached memory.
    /// </summary>
    /// <param name="cell">The word.</param>
    /// <param name="lane">Which bytes.</param>
    /// <param name="value">What they hold, from bit 0 on.</param>
    public StoreAwaiter Store(Shared<long> cell, Lane lane, long value) => new(this, cell, value, lane);

    /// <summary>Writes a pointer.</summary>
    public StoreRefAwaiter<T> Store<T>(RefCell<T> cell, T? value)
        where T : MachineObject
        => new(this, cell, value);

    /// <summary>A full barrier at once, if it is to be a real one: direct mode only, for paths that are measured.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FenceNow()
    {
        if (Machine.HasRealFences)
        {
            Direct.RealFence.Issue();
        }
    }

    /// <summary>Writes a pointer at once: direct mode only, for paths that are measured.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreNow<T>(SharedRef<T> cell, T? value)
        where T : MachineObject
        => cell.PutDirect(value);

    /// <summary>Reads and writes a word in one step; answers what it held. A full barrier on x86.</summary>
    /// <param name="cell">The word.</param>
    /// <param name="kind">What to do with it.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="site">The name of the operation; taken away, it orders nothing under a weak model.</param>
    /// <param name="order">What it orders under a weak model; usually it is a full barrier there, too.</param>
    public OperationAwaiter<T> Rmw<T>(
        ValueCell<T> cell, RmwKind kind, T operand, Site? site = null, Ordering order = Ordering.Usual)
        where T : unmanaged
        => new(this, new PendingOp
        {
            Kind = OpKind.Rmw,
            Rmw = kind,
            Order = Machine.IsWithout(site) ? Ordering.Relaxed : order,
            Cell = cell,
            A = Words.From(operand),
            Extra = site,
        });

    /// <summary>
    /// As <see cref="Rmw{T}"/> or <see cref="CompareExchange{T}"/>, on some bytes of a word; answers the
    /// whole word as it was.
    /// </summary>
    /// <param name="cell">The word.</param>
    /// <param name="lane">Which bytes.</param>
    /// <param name="kind">What to do with them.</param>
    /// <param name="first">The operand, or what is expected, as an unsigned number of the bytes' width.</param>
    /// <param name="second">What a conditional exchange stores.</param>
    public OperationAwaiter<long> Rmw(Shared<long> cell, Lane lane, RmwKind kind, long first, long second = 0)
        => new(this, new PendingOp
        {
            Kind = OpKind.Rmw,
            Rmw = kind,
            Cell = cell,
            Lane = lane,
            A = first,
            B = second,
        });

    /// <summary>Stores <paramref name="value"/> if the cell holds <paramref name="expected"/>; answers what it held.</summary>
    public OperationAwaiter<T> CompareExchange<T>(ValueCell<T> cell, T expected, T value, Ordering order = Ordering.Usual)
        where T : unmanaged
        => new(this, new PendingOp
        {
            Kind = OpKind.Rmw,
            Rmw = RmwKind.CompareExchange,
            Order = order,
            Cell = cell,
            A = Words.From(expected),
            B = Words.From(value),
        });

    /// <summary>Adds <paramref name="operand"/> unless the cell holds <paramref name="unless"/>; answers what it held.</summary>
    public OperationAwaiter<T> AddUnless<T>(ValueCell<T> cell, T unless, T operand, Ordering order = Ordering.Usual)
        where T : unmanaged
        => new(this, new PendingOp
        {
            Kind = OpKind.Rmw,
            Rmw = RmwKind.AddUnless,
            Order = order,
            Cell = cell,
            A = Words.From(unless),
            B = Words.From(operand),
        });

    /// <summary>
    /// Stores <paramref name="value"/> if the cell holds any of <paramref name="bits"/>; answers what it held.
    /// </summary>
    public OperationAwaiter<T> ExchangeIfAny<T>(ValueCell<T> cell, T bits, T value)
        where T : unmanaged
        => new(this, new PendingOp
        {
            Kind = OpKind.Rmw,
            Rmw = RmwKind.ExchangeIfAny,
            Cell = cell,
            A = Words.From(bits),
            B = Words.From(value),
        });

    /// <summary>
    /// Waits, without spinning, until the guard lets it, and in the same step reads and writes the
    /// word: the acquisition of a lock. Answers what the cell held.
    /// </summary>
    public OperationAwaiter<T> RmwWhen<T>(
        ValueCell<T> cell, GuardKind guard, T guardOperand, RmwKind kind, T operand, Site? site = null)
        where T : unmanaged
        => new(this, new PendingOp
        {
            Kind = OpKind.Rmw,
            Rmw = kind,
            Guard = guard,
            Cell = cell,
            A = Words.From(operand),
            B = Words.From(guardOperand),
            Extra = site,
        });

    /// <summary>Waits, without spinning, until the cell holds a value that the guard permits; answers it.</summary>
    public OperationAwaiter<T> LoadWhen<T>(ValueCell<T> cell, GuardKind guard, T guardOperand)
        where T : unmanaged
        => new(this, new PendingOp
        {
            Kind = OpKind.Load,
            Guard = guard,
            Cell = cell,
            B = Words.From(guardOperand),
        });

    /// <summary>Waits until one of the watched cells no longer holds what the poller saw there.</summary>
    public OperationAwaiter<int> Watch(WatchSet watch)
        => new(this, new PendingOp { Kind = OpKind.Watch, Extra = watch });

    /// <summary>A memory barrier at a named site.</summary>
    public FenceAwaiter Fence(Site site, FenceKind kind = FenceKind.Full) => new(this, site, kind);

    /// <summary>
    /// Adds to a word as an unlocked instruction would: under TSO the addition waits in the store
    /// buffer like a store. Only for a word that nobody else changes meanwhile.
    /// </summary>
    public AddAwaiter AddUnlocked(Shared<int> cell, int operand) => new(this, cell, operand);

    /// <summary>A grace period begins here, behind the caller's last full barrier.</summary>
    public void BeginGracePeriod() => Machine.LiveViews?.BeginGracePeriod(Fiber.Index);

    /// <summary>A read section begins here: it sees what grace periods that have begun are behind.</summary>
    public void EnterReadSection() => Machine.LiveViews?.EnterSection(Fiber.Index);

    /// <summary>Ends the lifetime of an object; any later access to its cells is a use after free.</summary>
    public OperationAwaiter<int> Free(MachineObject item)
        => new(this, new PendingOp { Kind = OpKind.Free, Extra = item });

    /// <summary>
    /// Ends the lifetime of an object without cells that nobody else can reach any more; no scheduling point. That it
    /// ever was is not part of a state, so the states of a task that makes and discards such objects for ever recur.
    /// </summary>
    public void Discard(MachineObject item)
    {
        Bug.On(item.Cells.Count != 0);
        if (!Machine.IsDirect)
        {
            item.MarkForgotten();
        }
    }

    /// <summary>Picks one of several alternatives: a choice of the world, explored like a schedule.</summary>
    /// <param name="alternatives">How many there are: 1 to <see cref="MostAlternatives"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are none, or too many; choose in two steps.</exception>
    public OperationAwaiter<int> Choose(int alternatives)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(alternatives, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alternatives, MostAlternatives);
        Machine.MakesChoices |= alternatives > 1;
        return new(this, new PendingOp { Kind = OpKind.Choose, Alternatives = (byte)alternatives });
    }

    /// <summary>
    /// A scheduling point without effect. In direct mode every other fiber that can run comes first.
    /// </summary>
    public OperationAwaiter<int> Yield() => new(this, new PendingOp { Kind = OpKind.Yield });

    /// <summary>Ends the fiber here, however deep its routines are; none of them goes on.</summary>
    public EndAwaiter End() => new(this, null);

    /// <summary>
    /// Gives up what the fiber does, however deep its routines are, and goes on with another routine, as a
    /// task does in exec.
    /// </summary>
    /// <param name="routine">What the fiber does from now on.</param>
    public EndAwaiter Become(Func<Cpu, Op> routine) => new(this, routine);

    /// <inheritdoc cref="Become(Func{Cpu, Op})"/>
    public EndAwaiter Become(IRoutine routine) => new(this, routine);

    /// <summary>Notes that the fiber holds a lock from now on.</summary>
    public void Hold(MachineObject held)
    {
        if (!Machine.IsDirect)
        {
            Fiber.Hold(held);
        }
    }

    /// <summary>Notes that the fiber gives a lock up; reports one that it does not hold.</summary>
    public void Drop(MachineObject held)
    {
        if (!Machine.IsDirect && !Fiber.Release(held))
        {
            Machine.Violate("LOCKDEP", $"{Fiber} releases {held}, which it does not hold");
        }
    }

    /// <summary>Puts into the trace that something which stands at a site was left out.</summary>
    public void NoteRemoved(Site site) => Note($"-- {site.Name} removed --");

    /// <summary>Puts a remark into the trace.</summary>
    public void Note(string text)
    {
        if (Machine.Tracer is not null)
        {
            Machine.Tracer(new TraceEvent(Machine.StepCount - 1, Fiber, default, 0, 0, Note: text));
        }
    }

    /// <summary>Whether an operation that needs no turn has to suspend the fiber all the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool MustSuspend(in PendingOp op) => op.Guard != GuardKind.None
        ? !op.Permits(op.Cell!.Bits)
        : op.Kind is OpKind.Watch or OpKind.Yield && Machine.IsDirect && Machine.Direct.MustSuspend(Fiber, in op);

    internal SimMachine Announce(in PendingOp op)
    {
        PendingOp.Copy(in op, ref Fiber.PendingField);
        Machine.Fibers.BeginSuspension();
        return Machine;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal SimMachine Announce(OpKind kind, Cell cell, long bits, Lane lane = default, Ordering order = default)
    {
        PendingOp.Access(kind, cell, bits, lane, order, ref Fiber.PendingField);
        Machine.Fibers.BeginSuspension();
        return Machine;
    }

    internal long PerformPointerLoad(Cell cell)
    {
        long target = PerformLoad(cell);
        ViewsOf(cell)?.NotePointer(Fiber.Index, target);
        return target;
    }

    internal long PerformLoad(Cell cell, Ordering order = default)
    {
        cell.CheckAlive();
        long bits = cell.Bits;
        bool forwarded = false;
        if (Machine.IsRelaxed && cell.Sort == CellSort.Shared && !Machine.Immediate)
        {
            if (Machine.Views is not null)
            {
                (bits, bool isOld) = Machine.Views.Load(Fiber.Index, cell, order, Machine.CurrentAlternative);
                TraceLoad(cell, bits, isOld ? "older write" : null);
                return bits;
            }

            StoreBuffer buffer = Machine.BufferOf(Fiber.Index);
            int waiting = buffer.Find(cell);
            if (waiting >= 0)
            {
                bits = buffer.BitsAt(waiting);
                forwarded = true;
            }
        }

        if (Machine.Tracer is not null)
        {
            Trace(new PendingOp { Kind = OpKind.Load, Cell = cell }, bits, bits, forwarded);
        }

        return bits;
    }

    internal void PerformStore(Cell cell, long bits, Lane lane = default, Ordering order = default)
    {
        cell.CheckAlive();
        long old = cell.Bits;
        bool isRelaxed = Machine.IsRelaxed && cell.Sort == CellSort.Shared && !Machine.Immediate;
        bool buffered = isRelaxed && Machine.BuffersStores;
        if (isRelaxed && !buffered)
        {
            Machine.Views!.Store(Fiber.Index, cell, lane.Insert(old, bits), order, Machine.CurrentAlternative);
        }
        else if (buffered)
        {
            Machine.BufferOf(Fiber.Index).Push(
                cell, lane.Insert(0, bits), Machine.CurrentEvent, Machine.History.Tick(Fiber.Index), lane.Mask);
            Machine.LoadsMayWait |= !lane.IsWhole;
        }
        else
        {
            cell.SetBits(lane.Insert(old, bits));
        }

        if (Machine.Tracer is not null)
        {
            Trace(
                new PendingOp { Kind = OpKind.Store, Cell = cell, Lane = lane, A = bits },
                old,
                lane.Insert(old, bits),
                buffered);
        }
    }

    internal void PerformAdd(Cell cell, long operand)
    {
        cell.CheckAlive();
        long old = cell.Bits;
        bool buffered = Machine.BuffersStores && !Machine.Immediate;
        if (buffered)
        {
            Machine.BufferOf(Fiber.Index).Push(
                cell, operand, Machine.CurrentEvent, Machine.History.Tick(Fiber.Index), isAddition: true);
            Machine.LoadsMayWait = true;
        }
        else if (ViewsOf(cell) is { } views)
        {
            views.Change(
                Fiber.Index,
                new PendingOp { Kind = OpKind.Rmw, Rmw = RmwKind.Add, Order = Ordering.Release, Cell = cell, A = operand },
                Machine.CurrentAlternative);
        }
        else
        {
            cell.SetBits(cell.Wrap(old + operand));
        }

        Trace(
            new PendingOp { Kind = OpKind.Store, Cell = cell, A = old + operand },
            old,
            old + operand,
            buffered);
    }

    internal long Perform(in PendingOp op)
    {
        switch (op.Kind)
        {
            case OpKind.Rmw:
                return PerformRmw(in op);
            case OpKind.Load:
                return PerformWait(in op);
            case OpKind.Free:
                ((MachineObject)op.Extra!).MarkFreed();
                Trace(in op, 0, 0);
                return 0;
            case OpKind.Choose:
                Trace(in op, Machine.CurrentAlternative, 0);
                return Machine.CurrentAlternative;
            case OpKind.Watch:
                ((WatchSet)op.Extra!).CheckAlive();
                Machine.LiveViews?.Look(Fiber.Index, (WatchSet)op.Extra!);
                Trace(in op, 0, 0);
                return 0;
            case OpKind.Yield:
                Trace(in op, 0, 0);
                return 0;
            case OpKind.None or OpKind.Store or OpKind.Fence or OpKind.Flush or OpKind.End:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    internal void Trace(in PendingOp op, long old, long now, bool buffered = false)
        => Machine.Tracer?.Invoke(new TraceEvent(Machine.StepCount - 1, Fiber, op, old, now, buffered));

    /// <summary>What processors have seen of a cell that they share, under a model with views.</summary>
    private ViewMemory? ViewsOf(Cell cell) => cell.Sort == CellSort.Shared ? Machine.LiveViews : null;

    private void TraceLoad(Cell cell, long bits, string? remark)
    {
        if (Machine.Tracer is not null)
        {
            Trace(new PendingOp { Kind = OpKind.Load, Cell = cell, Extra = remark }, bits, bits);
        }
    }

    private long PerformWait(in PendingOp op)
    {
        if (ViewsOf(op.Cell!) is not { } views)
        {
            return PerformLoad(op.Cell!);
        }

        op.Cell!.CheckAlive();
        views.Wait(Fiber.Index, op.Cell);
        TraceLoad(op.Cell, op.Cell.Bits, null);
        return op.Cell.Bits;
    }

    private long PerformRmw(in PendingOp op)
    {
        Cell cell = op.Cell!;
        cell.CheckAlive();
        long old = cell.Bits;
        if (ViewsOf(cell) is { } views)
        {
            old = views.Change(Fiber.Index, in op, Machine.CurrentAlternative);
        }
        else if (op.Writes(old))
        {
            cell.SetBits(cell.Wrap(op.Apply(old)));
        }

        if (Machine.Tracer is not null)
        {
            Trace(in op, old, op.Writes(old) ? cell.Wrap(op.Apply(old)) : old);
        }

        return old;
    }
}
