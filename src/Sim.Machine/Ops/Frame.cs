using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sim.Machine.Ops;

/// <summary>
/// One suspended routine: the compiler's state machine and a link to the routine that awaits it. A
/// fiber is a stack of frames. A frame that a snapshot may need is never run; a copy of it is.
/// </summary>
public abstract class Frame
{
    /// <summary>The frame of the routine that awaits this one; null at the bottom of the stack.</summary>
    internal Frame? Parent;

    /// <summary>What the routine threw, if it ended that way.</summary>
    internal ExceptionDispatchInfo? Fault;

    /// <summary>The state machine that the compiler made of the routine.</summary>
    internal abstract Type Routine { get; }

    /// <summary>Runs the routine from its suspension point to the next one, or to its end.</summary>
    internal abstract void Resume();

    /// <summary>A copy that will run independently of this one, with the same parent.</summary>
    internal abstract Frame Copy();

    /// <summary>Drops the routine's locals, so that a free frame keeps nothing alive.</summary>
    internal abstract void Forget();

    /// <summary>Gives the frame back to its pool.</summary>
    internal abstract void Free();

    /// <summary>Folds the routine's local state into an identity hash.</summary>
    internal abstract ulong Hash();
}

/// <summary>A frame whose routine answers a <typeparamref name="T"/>.</summary>
internal abstract class Frame<T> : Frame
{
    internal T Result = default!;

    /// <summary>Hands the answer to the caller; a free frame does not keep it alive.</summary>
    internal T TakeResult()
    {
        T result = Result;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Result = default!;
        }

        return result;
    }
}

/// <summary>The frame of one compiler-generated state machine.</summary>
internal sealed class Frame<TStateMachine, T>(FramePool<TStateMachine, T> pool) : Frame<T>
    where TStateMachine : IAsyncStateMachine
{
    internal TStateMachine StateMachine = default!;

    internal override Type Routine => typeof(TStateMachine);

    internal override void Resume() => StateMachine.MoveNext();

    internal override Frame Copy()
    {
        Frame<TStateMachine, T> copy = pool.Rent();
        copy.StateMachine = typeof(TStateMachine).IsValueType
            ? StateMachine
            : ClassShape.Clone(StateMachine);
        if (copy.Parent != Parent)
        {
            copy.Parent = Parent;
        }

        return copy;
    }

    internal override void Forget() => StateMachine = default!;

    internal override void Free() => pool.Return(this);

    internal override ulong Hash() => pool.Hasher(ref StateMachine);
}

/// <summary>The free frames of one routine. One pool per machine and routine.</summary>
internal sealed class FramePool<TStateMachine, T>
    where TStateMachine : IAsyncStateMachine
{
    private FrameStack _free = new(4);
    private StateMachineHasher<TStateMachine>? _hasher;

    internal FramePool() => FrameAudit.Check(typeof(TStateMachine));

    internal StateMachineHasher<TStateMachine> Hasher
        => _hasher ??= StateMachineHasher.Compile<TStateMachine>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Frame<TStateMachine, T> Rent()
    {
        if (_free.Count == 0)
        {
            return new Frame<TStateMachine, T>(this);
        }

        Frame frame = _free.Pop();
        frame.Fault = null;
        return Unsafe.As<Frame<TStateMachine, T>>(frame);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Return(Frame<TStateMachine, T> frame) => _free.Push(frame);
}

/// <summary>Copies the class form that an unoptimised build gives state machines.</summary>
internal static class ClassShape
{
    private static readonly Func<object, object> s_memberwiseClone =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object, object>>();

    internal static TStateMachine Clone<TStateMachine>(TStateMachine stateMachine)
        => (TStateMachine)s_memberwiseClone(stateMachine!);
}
