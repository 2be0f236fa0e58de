using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Sim.Machine.Processors;

namespace Sim.Machine.Ops;

/// <summary>
/// The registers through which suspended routines are linked, resumed and copied on one machine, and
/// the record of frames that makes a step undoable: while <see cref="Preserving"/>, no frame that
/// existed before a step is run, a copy of it is, and taking the step back frees the copies.
/// </summary>
internal sealed class FiberStacks
{
    private const int PoolTableSize = 1024;

    private readonly (nint Key, object Pool)[] _pools = new (nint, object)[PoolTableSize];
    private FrameStack _born = new(256);
    private int _poolCount;
    private Suspension _suspension;
    private Frame? _newTop;
    private Frame? _lastLinked;
    private Frame? _finished;

    /// <summary>
    /// How far the chain of routines that are being suspended reaches. A chain of the running frame
    /// alone, which is the usual one, changes no references.
    /// </summary>
    private enum Suspension : byte
    {
        None,
        RunningAlone,
        Boxed,
        BoxedUpToRunning,
    }

    /// <summary>The frame whose routine runs now, or ran last.</summary>
    internal Frame? Running { get; private set; }

    /// <summary>Whether steps can be taken back.</summary>
    internal bool Preserving { get; set; }

    /// <summary>How many frames were made since the beginning; a mark for <see cref="FreeSince"/>.</summary>
    internal int Mark => _born.Count;

    /// <summary>An operation starts a new chain of suspensions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void BeginSuspension()
    {
        if (_suspension != Suspension.None)
        {
            FailNotAwaited();
        }
    }

    /// <summary>Adds the next routine of the suspending chain, leaf first.</summary>
    internal void Link(Frame boxed)
    {
        if (_suspension == Suspension.None)
        {
            _newTop = boxed;
            _suspension = Suspension.Boxed;
        }
        else
        {
            _lastLinked!.Parent = boxed;
        }

        _lastLinked = boxed;
    }

    /// <summary>The suspending chain ends with the routine that was resumed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LinkRunning()
    {
        if (_suspension == Suspension.None)
        {
            _suspension = Suspension.RunningAlone;
        }
        else
        {
            _lastLinked!.Parent = Running;
            _suspension = Suspension.BoxedUpToRunning;
        }
    }

    /// <summary>Moves a routine's state from the caller's stack into a frame.</summary>
    internal Frame Box<TStateMachine, T>(
        FramePool<TStateMachine, T> pool, ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        Frame<TStateMachine, T> frame = pool.Rent();
        frame.StateMachine = stateMachine;
        frame.Parent = null;
        Record(frame);
        return frame;
    }

    /// <summary>Starts a routine; its first suspension gives the stack of a new fiber.</summary>
    /// <param name="routine">A <see cref="IRoutine"/>, or a function from a processor to an <see cref="Op"/>.</param>
    /// <param name="cpu">What it receives.</param>
    /// <returns>The top of the stack, or null when the routine finished at once.</returns>
    internal Frame? Start(object routine, Cpu cpu)
    {
        Frame? running = Running;
        Running = null;
        try
        {
            Op op = routine is IRoutine known ? known.Run(cpu) : ((Func<Cpu, Op>)routine)(cpu);
            OpAwaiter awaiter = op.GetAwaiter();
            if (!awaiter.IsCompleted)
            {
                return TakeNewTop();
            }

            awaiter.GetResult();
            BeginSuspension();

            return null;
        }
        finally
        {
            Running = running;
        }
    }

    /// <summary>Runs a stack from its top until the next suspension or its end.</summary>
    /// <returns>The new top; null when the bottom routine finished.</returns>
    internal Frame? Run(Frame top)
    {
        Frame frame = top;
        while (true)
        {
            if (Preserving)
            {
                frame = frame.Copy();
                Record(frame);
            }

            Running = frame;
            frame.Resume();
            switch (_suspension)
            {
                case Suspension.None:
                    break;
                case Suspension.RunningAlone:
                    _suspension = Suspension.None;
                    return frame;
                case Suspension.BoxedUpToRunning:
                    return TakeNewTop();
                case Suspension.Boxed:
                default:
                    FailNotAwaited();
                    break;
            }

            Frame? parent = frame.Parent;
            if (parent is null)
            {
                Finish(frame);
                return null;
            }

            _finished = frame;
            frame = parent;
        }
    }

    /// <summary>The frame of the sub-routine that just finished; its caller reads the answer there.</summary>
    internal Frame TakeFinished()
    {
        Frame frame = _finished!;
        _finished = null;
        if (!Preserving)
        {
            frame.Forget();
            frame.Free();
        }

        return frame;
    }

    /// <summary>Ends a fiber that asked for it in the middle of its routines, or lets it become what it asked for.</summary>
    internal void EndIfAsked(Fiber fiber)
    {
        while (fiber.Top is not null && fiber.PendingField.Kind == OpKind.End)
        {
            object? next = fiber.PendingField.Extra;
            Abandon(fiber.Top);
            fiber.PendingField = default;
            fiber.Top = next is null ? null : Start(next, fiber.Cpu);
        }
    }

    /// <summary>Gives up a stack whose fiber ended in the middle of it.</summary>
    private void Abandon(Frame? top)
    {
        while (!Preserving && top is not null)
        {
            Frame frame = top;
            top = frame.Parent;
            frame.Forget();
            frame.Free();
        }
    }

    /// <summary>Frees the frames made since <paramref name="mark"/>, which nothing refers to any more.</summary>
    internal void FreeSince(int mark)
    {
        while (_born.Count > mark)
        {
            _born.Pop().Free();
        }
    }

    private void Finish(Frame bottom)
    {
        bottom.Fault?.Throw();
        if (!Preserving)
        {
            bottom.Forget();
            bottom.Free();
        }
    }

    [DoesNotReturn]
    private void FailNotAwaited()
    {
        string routine = FrameAudit.RoutineName((_newTop ?? Running!).Routine);
        TakeNewTop();
        Bug.Fail($"{routine} was called but not awaited");
    }

    private Frame? TakeNewTop()
    {
        Frame? top = _newTop;
        _newTop = null;
        _suspension = Suspension.None;
        return top;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Record(Frame frame)
    {
        if (Preserving)
        {
            _born.Push(frame);
        }
    }

    /// <summary>The frames of one routine.</summary>
    /// <exception cref="UncopyableRoutineException">Copies of the routine would share state.</exception>
    internal FramePool<TStateMachine, T> Pool<TStateMachine, T>()
        where TStateMachine : IAsyncStateMachine
    {
        nint key = typeof(FramePool<TStateMachine, T>).TypeHandle.Value;
        int slot = (int)((uint)(key >> 4) % PoolTableSize);
        while (true)
        {
            ref (nint Key, object Pool) entry = ref _pools[slot];
            if (entry.Key == key)
            {
                return Unsafe.As<FramePool<TStateMachine, T>>(entry.Pool);
            }

            if (entry.Key == 0)
            {
                // A refusal must not leave behind the chain that began to suspend.
                (Suspension suspension, _suspension) = (_suspension, Suspension.None);
                var pool = new FramePool<TStateMachine, T>();
                (_suspension, entry) = (suspension, (key, pool));
                Bug.On(++_poolCount == PoolTableSize);
                return pool;
            }

            slot = (slot + 1) % PoolTableSize;
        }
    }
}

/// <summary>
/// A stack of frames. What is popped stays in its slot, and a frame that comes back to its slot is
/// not written again: the collector's write barrier costs more than the test.
/// </summary>
internal struct FrameStack(int capacity)
{
    private Slot[] _slots = new Slot[capacity];

    /// <summary>Number of frames on the stack.</summary>
    internal int Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Push(Frame frame)
    {
        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Count * 2);
        }

        ref Frame? slot = ref _slots[Count++].Frame;
        if (slot != frame)
        {
            slot = frame;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Frame Pop() => _slots[--Count].Frame!;

    /// <summary>A struct around the reference: an array of structs needs no check of variance.</summary>
    private struct Slot
    {
        internal Frame? Frame;
    }
}
