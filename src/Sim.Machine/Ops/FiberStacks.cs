using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

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
    private Frame[] _born = new Frame[256];
    private int _bornCount;
    private int _poolCount;
    private Frame? _newTop;
    private Frame? _lastLinked;
    private Frame? _finished;

    /// <summary>The frame whose routine runs now.</summary>
    internal Frame? Running { get; private set; }

    /// <summary>Whether steps can be taken back.</summary>
    internal bool Preserving { get; set; }

    /// <summary>How many frames were made since the beginning; a mark for <see cref="FreeSince"/>.</summary>
    internal int Mark => _bornCount;

    /// <summary>An operation starts a new chain of suspensions.</summary>
    internal void BeginSuspension()
    {
        if (_newTop is not null)
        {
            FailNotAwaited();
        }

        _lastLinked = null;
    }

    /// <summary>Adds the next frame of the suspending chain, leaf first.</summary>
    internal void Link(Frame frame)
    {
        if (_lastLinked is null)
        {
            _newTop = frame;
        }
        else
        {
            _lastLinked.Parent = frame;
        }

        _lastLinked = frame;
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
    /// <returns>The top of the stack, or null when the routine finished at once.</returns>
    internal Frame? Start(Func<Op> routine)
    {
        Frame? running = Running;
        Running = null;
        try
        {
            OpAwaiter awaiter = routine().GetAwaiter();
            if (!awaiter.IsCompleted)
            {
                return TakeNewTop();
            }

            awaiter.GetResult();
            if (_newTop is not null)
            {
                FailNotAwaited();
            }

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
            if (_newTop is not null)
            {
                if (_lastLinked != frame)
                {
                    FailNotAwaited();
                }

                Running = null;
                return TakeNewTop();
            }

            Frame? parent = frame.Parent;
            if (parent is null)
            {
                Running = null;
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
            frame.Free();
        }

        return frame;
    }

    /// <summary>Frees the frames made since <paramref name="mark"/>, which nothing refers to any more.</summary>
    internal void FreeSince(int mark)
    {
        while (_bornCount > mark)
        {
            _born[--_bornCount].Free();
        }
    }

    private void Finish(Frame bottom)
    {
        bottom.Fault?.Throw();
        if (!Preserving)
        {
            bottom.Free();
        }
    }

    [DoesNotReturn]
    private void FailNotAwaited()
    {
        string routine = FrameAudit.RoutineName(_newTop!.Routine);
        _newTop = null;
        Bug.Fail($"{routine} was called but not awaited");
    }

    private Frame? TakeNewTop()
    {
        Frame? top = _newTop;
        _newTop = null;
        return top;
    }

    private void Record(Frame frame)
    {
        if (!Preserving)
        {
            return;
        }

        if (_bornCount == _born.Length)
        {
            Array.Resize(ref _born, _bornCount * 2);
        }

        _born[_bornCount++] = frame;
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
                (Frame? top, _newTop) = (_newTop, null);
                var pool = new FramePool<TStateMachine, T>();
                (_newTop, entry) = (top, (key, pool));
                Bug.On(++_poolCount == PoolTableSize);
                return pool;
            }

            slot = (slot + 1) % PoolTableSize;
        }
    }
}
