using System.ComponentModel;
using System.Runtime.CompilerServices;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.State;

namespace Sim.Machine.Processors;

/// <summary>Reads a word when its turn comes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct LoadAwaiter<T> : IOpAwaiter
    where T : unmanaged
{
    private readonly Cpu _cpu;
    private readonly ValueCell<T> _cell;
    private readonly Lane _lane;
    private readonly Ordering _order;

    internal LoadAwaiter(Cpu cpu, ValueCell<T> cell, Lane lane = default, Ordering order = default)
    {
        _cpu = cpu;
        _cell = cell;
        _lane = lane;
        _order = order;
    }

    /// <summary>Whether the operation needs no scheduling.</summary>
    public bool IsCompleted => _cpu.Machine.Immediate;

    /// <summary>Makes the operation awaitable.</summary>
    public LoadAwaiter<T> GetAwaiter() => this;

    /// <summary>Performs the operation.</summary>
    public T GetResult() => _cpu.Machine.IsDirect ? _cell.Peek : Words.To<T>(_cpu.PerformLoad(_cell, _order));

    SimMachine IOpAwaiter.Suspend()
        => _cpu.Announce(OpKind.Load, _cell, 0, _lane, _order);

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>Reads a pointer when its turn comes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct LoadRefAwaiter<T> : IOpAwaiter
    where T : MachineObject
{
    private readonly Cpu _cpu;
    private readonly RefCell<T> _cell;

    internal LoadRefAwaiter(Cpu cpu, RefCell<T> cell)
    {
        _cpu = cpu;
        _cell = cell;
    }

    /// <inheritdoc cref="LoadAwaiter{T}.IsCompleted"/>
    public bool IsCompleted => _cpu.Machine.Immediate;

    /// <inheritdoc cref="LoadAwaiter{T}.GetAwaiter"/>
    public LoadRefAwaiter<T> GetAwaiter() => this;

    /// <inheritdoc cref="LoadAwaiter{T}.GetResult"/>
    public T? GetResult() => _cpu.Machine.IsDirect
        ? _cell.Peek
        : Unsafe.As<T?>(_cpu.Machine.Objects.Find(_cpu.PerformPointerLoad(_cell)));

    SimMachine IOpAwaiter.Suspend()
        => _cpu.Announce(OpKind.Load, _cell, 0);

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>
/// Writes a word when its turn comes. Under TSO a store only enters the processor's own buffer, which
/// nobody else can see, so it needs no turn; reaching memory is the buffer's step.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct StoreAwaiter : IOpAwaiter
{
    private readonly Cpu _cpu;
    private readonly Cell _cell;
    private readonly long _bits;
    private readonly Lane _lane;
    private readonly Ordering _order;

    internal StoreAwaiter(Cpu cpu, Cell cell, long bits, Lane lane = default, Ordering order = default)
    {
        _cpu = cpu;
        _cell = cell;
        _bits = bits;
        _lane = lane;
        _order = order;
    }

    /// <inheritdoc cref="LoadAwaiter{T}.IsCompleted"/>
    public bool IsCompleted => _cpu.Machine.Immediate ||
        (_cpu.Machine.BuffersStores && _cell.Sort == CellSort.Shared);

    /// <inheritdoc cref="LoadAwaiter{T}.GetAwaiter"/>
    public StoreAwaiter GetAwaiter() => this;

    /// <inheritdoc cref="LoadAwaiter{T}.GetResult"/>
    public void GetResult()
    {
        if (_cpu.Machine.IsDirect)
        {
            _cell.PutDirect(_lane.Insert(_cell.Bits, _bits));
        }
        else
        {
            _cpu.PerformStore(_cell, _bits, _lane, _order);
        }
    }

    SimMachine IOpAwaiter.Suspend()
        => _cpu.Announce(OpKind.Store, _cell, _bits, _lane, _order);

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>Writes a pointer when its turn comes. See <see cref="StoreAwaiter"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct StoreRefAwaiter<T> : IOpAwaiter
    where T : MachineObject
{
    private readonly Cpu _cpu;
    private readonly RefCell<T> _cell;
    private readonly T? _value;

    internal StoreRefAwaiter(Cpu cpu, RefCell<T> cell, T? value)
    {
        _cpu = cpu;
        _cell = cell;
        _value = value;
    }

    /// <inheritdoc cref="LoadAwaiter{T}.IsCompleted"/>
    public bool IsCompleted => _cpu.Machine.Immediate ||
        (_cpu.Machine.BuffersStores && _cell.Sort == CellSort.Shared);

    /// <inheritdoc cref="LoadAwaiter{T}.GetAwaiter"/>
    public StoreRefAwaiter<T> GetAwaiter() => this;

    /// <inheritdoc cref="LoadAwaiter{T}.GetResult"/>
    public void GetResult()
    {
        if (_cpu.Machine.IsDirect)
        {
            _cell.PutDirect(_value);
        }
        else
        {
            _cpu.PerformStore(_cell, _value?.Id ?? 0);
        }
    }

    SimMachine IOpAwaiter.Suspend()
        => _cpu.Announce(OpKind.Store, _cell, _value?.Id ?? 0);

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>Adds to a word without a locked instruction, when its turn comes.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct AddAwaiter : IOpAwaiter
{
    private readonly Cpu _cpu;
    private readonly Shared<int> _cell;
    private readonly int _operand;

    internal AddAwaiter(Cpu cpu, Shared<int> cell, int operand)
    {
        _cpu = cpu;
        _cell = cell;
        _operand = operand;
    }

    /// <inheritdoc cref="LoadAwaiter{T}.IsCompleted"/>
    public bool IsCompleted => _cpu.Machine.Immediate || _cpu.Machine.BuffersStores;

    /// <inheritdoc cref="LoadAwaiter{T}.GetAwaiter"/>
    public AddAwaiter GetAwaiter() => this;

    /// <inheritdoc cref="LoadAwaiter{T}.GetResult"/>
    public void GetResult() => _cpu.PerformAdd(_cell, _operand);

    SimMachine IOpAwaiter.Suspend() => _cpu.Announce(new PendingOp
    {
        Kind = OpKind.Rmw,
        Rmw = RmwKind.Add,
        Order = Ordering.Release,
        Cell = _cell,
        A = _operand,
    });

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>
/// A full barrier. It is a step only where something can wait for it: under a model with store
/// buffers, while the buffer is not empty.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct FenceAwaiter : IOpAwaiter
{
    private readonly Cpu _cpu;
    private readonly Site _site;
    private readonly FenceKind _kind;

    internal FenceAwaiter(Cpu cpu, Site site, FenceKind kind)
    {
        _cpu = cpu;
        _site = site;
        _kind = kind;
    }

    /// <inheritdoc cref="LoadAwaiter{T}.IsCompleted"/>
    public bool IsCompleted => _cpu.Machine.Immediate || !_cpu.Machine.BuffersStores ||
        _kind != FenceKind.Full || Stepping.IsDrained(_cpu.Machine, _cpu.Fiber) || _cpu.Machine.IsWithout(_site);

    /// <inheritdoc cref="LoadAwaiter{T}.GetAwaiter"/>
    public FenceAwaiter GetAwaiter() => this;

    /// <inheritdoc cref="LoadAwaiter{T}.GetResult"/>
    public void GetResult()
    {
        if (_cpu.Machine.LiveViews is { } views && !_cpu.Machine.IsWithout(_site))
        {
            views.Pass(_cpu.Fiber.Index, _kind);
        }

        if (_cpu.Machine.HasRealFences && _kind == FenceKind.Full)
        {
            Direct.RealFence.Issue();
        }

        if (_cpu.Machine.Tracer is not null)
        {
            _cpu.Trace(new PendingOp { Kind = OpKind.Fence, Extra = _site }, 0, 0);
        }
    }

    SimMachine IOpAwaiter.Suspend()
        => _cpu.Announce(new PendingOp { Kind = OpKind.Fence, Extra = _site });

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>Ends what a fiber does: nothing after it is ever reached.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct EndAwaiter : IOpAwaiter
{
    private readonly Cpu _cpu;
    private readonly object? _next;

    internal EndAwaiter(Cpu cpu, object? next)
    {
        _cpu = cpu;
        _next = next;
    }

    /// <summary>Never: the fiber is suspended for good.</summary>
    public bool IsCompleted => false;

    /// <inheritdoc cref="LoadAwaiter{T}.GetAwaiter"/>
    public EndAwaiter GetAwaiter() => this;

    /// <summary>Not reached.</summary>
    public void GetResult() => throw new System.Diagnostics.UnreachableException();

    SimMachine IOpAwaiter.Suspend() => _cpu.Announce(new PendingOp { Kind = OpKind.End, Extra = _next });

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>Performs any other operation when its turn comes and its guard permits it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OperationAwaiter<T> : IOpAwaiter
    where T : unmanaged
{
    private readonly Cpu _cpu;
    private readonly PendingOp _op;

    internal OperationAwaiter(Cpu cpu, in PendingOp op)
    {
        _cpu = cpu;
        _op = op;
    }

    /// <inheritdoc cref="LoadAwaiter{T}.IsCompleted"/>
    /// <remarks>
    /// In direct mode an operation that would block suspends its fiber, and so does a yield of the fiber
    /// that runs.
    /// </remarks>
    public bool IsCompleted => _cpu.Machine.Immediate && !_cpu.MustSuspend(in _op);

    /// <inheritdoc cref="LoadAwaiter{T}.GetAwaiter"/>
    public OperationAwaiter<T> GetAwaiter() => this;

    /// <inheritdoc cref="LoadAwaiter{T}.GetResult"/>
    public T GetResult() => Words.To<T>(_cpu.Perform(in _op));

    SimMachine IOpAwaiter.Suspend() => _cpu.Announce(in _op);

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}
