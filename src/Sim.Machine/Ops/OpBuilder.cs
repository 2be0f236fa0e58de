using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sim.Machine.Ops;

/// <summary>The type of the answer of a routine that answers nothing.</summary>
public readonly record struct Nothing;

/// <summary>
/// The compiler's side of <see cref="Op{T}"/>. It holds nothing that points back at the routine: a
/// null machine says "never suspended, still on the caller's stack", a machine says "lives in the
/// frame that this machine is running now". So copying the state machine copies the continuation.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct OpBuilder<T>
{
    private SimMachine? _machine;
    private ExceptionDispatchInfo? _fault;
    private T _value;

    /// <summary>What the caller of the routine receives.</summary>
    public readonly Op<T> Task => new(State, _value);

    internal readonly object? State => (object?)_machine ?? _fault;

    /// <summary>A builder for one call.</summary>
    public static OpBuilder<T> Create() => default;

    /// <summary>Runs the routine up to its first suspension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
        => stateMachine.MoveNext();

    /// <summary>Unused: state machines are boxed by their frame.</summary>
    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The routine reached its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetResult(T result)
    {
        if (_machine is null)
        {
            _value = result;
        }
        else
        {
            Unsafe.As<Frame<T>>(_machine.Fibers.Running!).Result = result;
        }
    }

    /// <summary>The routine threw.</summary>
    public void SetException(Exception exception)
    {
        ExceptionDispatchInfo fault = ExceptionDispatchInfo.Capture(exception);
        if (_machine is null)
        {
            _fault = fault;
        }
        else
        {
            _machine.Fibers.Running!.Fault = fault;
        }
    }

    /// <summary>The routine suspends: its state moves to a frame, once, and the frame is linked.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(
        ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : struct, IOpAwaiter
        where TStateMachine : IAsyncStateMachine
    {
        SimMachine machine = awaiter.Suspend();
        if (_machine is null)
        {
            // An uncopyable routine is refused here, as one that has not suspended yet.
            FramePool<TStateMachine, T> pool = machine.Fibers.Pool<TStateMachine, T>();
            _machine = machine;
            machine.Fibers.Link(machine.Fibers.Box(pool, ref stateMachine));
        }
        else
        {
            machine.Fibers.LinkRunning();
        }
    }

    /// <summary>Same as <see cref="AwaitUnsafeOnCompleted"/>: there is no execution context here.</summary>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(
        ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : struct, IOpAwaiter
        where TStateMachine : IAsyncStateMachine
        => AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}

/// <summary>The compiler's side of <see cref="Op"/>. See <see cref="OpBuilder{T}"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Performance", "CA1822", Justification = "the compiler calls instance members")]
public struct OpBuilder
{
    private OpBuilder<Nothing> _inner;

    /// <summary>What the caller of the routine receives.</summary>
    public readonly Op Task => new(_inner.State);

    /// <summary>A builder for one call.</summary>
    public static OpBuilder Create() => default;

    /// <inheritdoc cref="OpBuilder{T}.Start"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
        => stateMachine.MoveNext();

    /// <inheritdoc cref="OpBuilder{T}.SetStateMachine"/>
    public void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <inheritdoc cref="OpBuilder{T}.SetResult"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetResult()
    {
    }

    /// <inheritdoc cref="OpBuilder{T}.SetException"/>
    public void SetException(Exception exception) => _inner.SetException(exception);

    /// <inheritdoc cref="OpBuilder{T}.AwaitUnsafeOnCompleted"/>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(
        ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : struct, IOpAwaiter
        where TStateMachine : IAsyncStateMachine
        => _inner.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);

    /// <inheritdoc cref="OpBuilder{T}.AwaitOnCompleted"/>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(
        ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : struct, IOpAwaiter
        where TStateMachine : IAsyncStateMachine
        => _inner.AwaitUnsafeOnCompleted(ref awaiter, ref stateMachine);
}
