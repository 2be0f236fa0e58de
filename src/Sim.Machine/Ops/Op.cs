using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sim.Machine.Ops;

/// <summary>
/// A routine in progress that answers nothing. It is a value: finished, faulted, or pending on a
/// machine, and it never points at the routine's own state, which is what makes a suspended chain of
/// routines copyable.
/// </summary>
[AsyncMethodBuilder(typeof(OpBuilder))]
public readonly struct Op
{
    private readonly object? _state;

    internal Op(object? state) => _state = state;

    /// <summary>A routine that had nothing to do.</summary>
    public static Op Done => default;

    /// <summary>Makes the routine awaitable.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public OpAwaiter GetAwaiter() => new(_state);
}

/// <summary>A routine in progress that answers a <typeparamref name="T"/>. See <see cref="Op"/>.</summary>
[Immutable]
[AsyncMethodBuilder(typeof(OpBuilder<>))]
public readonly struct Op<T>
{
    private readonly object? _state;
    private readonly T _value;

    internal Op(object? state, T value)
    {
        _state = state;
        _value = value;
    }

    /// <summary>A routine that knew its answer at once.</summary>
    public static Op<T> Of(T value) => new(null, value);

    /// <summary>Makes the routine awaitable.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public OpAwaiter<T> GetAwaiter() => new(_state, _value);
}

/// <summary>Awaits a routine without an answer.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OpAwaiter : IOpAwaiter
{
    private readonly object? _state;

    internal OpAwaiter(object? state) => _state = state;

    /// <summary>Whether the routine ran to its end without suspending.</summary>
    public bool IsCompleted => _state is not SimMachine;

    /// <summary>Ends the await; rethrows what the routine threw.</summary>
    public void GetResult()
    {
        if (_state is not null)
        {
            OpState.Consume(_state);
        }
    }

    SimMachine IOpAwaiter.Suspend() => Unsafe.As<SimMachine>(_state!);

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>Awaits a routine with an answer.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OpAwaiter<T> : IOpAwaiter
{
    private readonly object? _state;
    private readonly T _value;

    internal OpAwaiter(object? state, T value)
    {
        _state = state;
        _value = value;
    }

    /// <summary>Whether the routine ran to its end without suspending.</summary>
    public bool IsCompleted => _state is not SimMachine;

    /// <summary>The routine's answer; rethrows what it threw.</summary>
    public T GetResult()
        => _state is null ? _value : Unsafe.As<Frame<T>>(OpState.Consume(_state)).TakeResult();

    SimMachine IOpAwaiter.Suspend() => Unsafe.As<SimMachine>(_state!);

    void INotifyCompletion.OnCompleted(Action continuation) => OpState.RejectContinuation();

    void ICriticalNotifyCompletion.UnsafeOnCompleted(Action continuation) => OpState.RejectContinuation();
}

/// <summary>The three states behind an <see cref="Op"/>: null (finished), a machine (pending), a fault.</summary>
internal static class OpState
{
    /// <summary>Takes the frame of the sub-routine that just finished; rethrows its exception.</summary>
    internal static Frame Consume(object state)
    {
        if (state is SimMachine machine)
        {
            Frame frame = machine.Fibers.TakeFinished();
            frame.Fault?.Throw();
            return frame;
        }

        Unsafe.As<ExceptionDispatchInfo>(state).Throw();
        return null!;
    }

    internal static void RejectContinuation()
        => throw new NotSupportedException("only simulated routines may await a machine operation");
}
