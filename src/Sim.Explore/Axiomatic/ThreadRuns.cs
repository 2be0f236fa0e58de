using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>Unfolds a thread: every way in which it can run when a read may answer any value that the word can hold.</summary>
internal sealed class ThreadRuns
{
    private readonly LitmusTest _test;
    private readonly LitmusThread _thread;
    private readonly WordValues _values;
    private readonly List<ThreadRun> _runs = [];

    private ThreadRuns(LitmusTest test, LitmusThread thread, WordValues values)
    {
        _test = test;
        _thread = thread;
        _values = values;
    }

    /// <summary>All runs of a thread.</summary>
    /// <exception cref="TooLargeException">There are more than can be looked at.</exception>
    internal static List<ThreadRun> Of(LitmusTest test, LitmusThread thread, WordValues values)
    {
        var runs = new ThreadRuns(test, thread, values);
        runs.Run(new State(thread), 0);
        return runs._runs;
    }

    private void Run(State state, int at)
    {
        while (at < _thread.Code.Count)
        {
            state.LeaveScopes(at);
            Instruction instruction = _thread.Code[at];
            switch (instruction)
            {
                case Assign assign:
                    state.Set(assign.Register, assign.Value.Evaluate(state.Registers), assign.Value.Gather(state.Known));
                    break;
                case Fence fence:
                    state.AddFence(fence.Barrier);
                    break;
                case Branch branch:
                    state.Enter(branch);
                    at = branch.Condition.Evaluate(state.Registers) == 0 ? branch.Target - 1 : at;
                    break;
                default:
                    Access(state, instruction, at + 1);
                    return;
            }

            at++;
        }

        _runs.Add(state.Finished());
        if (_runs.Count > TooLargeException.MostRuns)
        {
            throw new TooLargeException("a thread can run in too many ways");
        }
    }

    private void Access(State state, Instruction instruction, int next)
    {
        Expression address = instruction switch
        {
            Load load => load.Address,
            Store store => store.Address,
            Rmw rmw => rmw.Address,
            Lock taken => taken.Address,
            Unlock given => given.Address,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        long word = address.Evaluate(state.Registers);
        int location = _test.Symbols.At(word);
        if (location < 0)
        {
            // The run does not count, but what it wrote so far may be read to come to a better one.
            _runs.Add(state.Finished() with { Astray = word, IsComplete = false });
            return;
        }

        ulong addressDeps = address.Gather(state.Known);
        switch (instruction)
        {
            case Store store:
                state.AddStore(store, location, addressDeps);
                Run(state, next);
                break;
            case Unlock:
                state.AddUnlock(location, addressDeps);
                Run(state, next);
                break;
            case Lock:
                state.AddLock(location, addressDeps);
                Run(state, next);
                break;
            case Load load:
                foreach (long value in _values.Of(location))
                {
                    State branch = state.Copy();
                    branch.AddLoad(load, location, value, addressDeps);
                    Run(branch, next);
                }

                break;
            case Rmw rmw:
                foreach (long value in _values.Of(location))
                {
                    State branch = state.Copy();
                    branch.AddRmw(rmw, location, value, addressDeps);
                    Run(branch, next);
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>How far a run is.</summary>
    private sealed class State
    {
        private readonly List<LitmusEvent> _events;
        private readonly List<(ulong Reads, int End)> _scopes;
        private readonly ulong[] _known;
        private ulong _fenced;

        internal State(LitmusThread thread)
            : this(thread.InitialRegisters(), new ulong[thread.RegisterCount], [], [], 0)
        {
        }

        private State(long[] registers, ulong[] known, List<LitmusEvent> events, List<(ulong Reads, int End)> scopes, ulong fenced)
        {
            Registers = registers;
            _known = known;
            _events = events;
            _scopes = scopes;
            _fenced = fenced;
        }

        internal long[] Registers { get; }

        /// <summary>The reads that each register was computed from.</summary>
        internal ReadOnlySpan<ulong> Known => _known;

        private ulong Control => _scopes.Aggregate(0UL, static (all, scope) => all | scope.Reads);

        internal State Copy() => new([.. Registers], [.. _known], [.. _events], [.. _scopes], _fenced);

        internal ThreadRun Finished() => new([.. _events], Registers);

        internal void LeaveScopes(int at)
        {
            while (_scopes.Count > 0 && _scopes[^1].End <= at)
            {
                _scopes.RemoveAt(_scopes.Count - 1);
            }
        }

        internal void Enter(Branch branch)
        {
            ulong reads = branch.Condition.Gather(Known);
            if (reads != 0)
            {
                _scopes.Add((reads, branch.Scope));
            }
        }

        internal void Set(int register, long value, ulong reads)
        {
            if (register >= 0)
            {
                Registers[register] = value;
                _known[register] = reads;
            }
        }

        internal void AddFence(Barrier barrier)
        {
            if (barrier == Barrier.Instruction)
            {
                _fenced |= Control;
            }

            Add(new LitmusEvent(EventKind.Fence, -1, 0) { Barrier = barrier });
        }

        internal void AddLoad(Load load, int location, long value, ulong address)
        {
            ulong me = 1UL << _events.Count;
            Add(new LitmusEvent(EventKind.Read, location, value) { Order = load.Order, Address = address });
            Set(load.Register, value, me);
        }

        internal void AddStore(Store store, int location, ulong address)
            => Add(new LitmusEvent(EventKind.Write, location, store.Value.Evaluate(Registers))
            {
                Order = store.Order,
                Address = address,
                Data = store.Value.Gather(Known),
            });

        internal void AddLock(int location, ulong address)
        {
            Add(new LitmusEvent(EventKind.Read, location, 0)
            {
                Order = AccessOrder.Acquire,
                Role = LockRole.LockRead,
                IsRmw = true,
                Address = address,
            });
            Add(new LitmusEvent(EventKind.Write, location, 1)
            {
                Order = AccessOrder.Once,
                Role = LockRole.LockWrite,
                IsRmw = true,
                WritesAfterRead = true,
                Address = address,
            });
        }

        internal void AddUnlock(int location, ulong address)
            => Add(new LitmusEvent(EventKind.Write, location, 0)
            {
                Order = AccessOrder.Release,
                Role = LockRole.Unlock,
                Address = address,
            });

        internal void AddRmw(Rmw rmw, int location, long old, ulong address)
        {
            long operand = rmw.Operand.Evaluate(Registers);
            bool writes = rmw.Writes(old, rmw.Expected.Evaluate(Registers));
            bool isFull = rmw.Order == AccessOrder.Full && writes;
            bool isLock = rmw.Operation == RmwOperation.TryLock;
            if (isFull)
            {
                Add(new LitmusEvent(EventKind.Fence, -1, 0) { Barrier = Barrier.Full });
            }

            ulong me = 1UL << _events.Count;
            Add(new LitmusEvent(EventKind.Read, location, old)
            {
                Order = !writes ? AccessOrder.Once
                    : rmw.Order is AccessOrder.Acquire or AccessOrder.NoReturn ? rmw.Order
                    : AccessOrder.Once,
                Role = !isLock ? LockRole.None : writes ? LockRole.LockRead : LockRole.FailedLock,
                IsRmw = true,
                Address = address,
            });
            long now = old;
            if (writes)
            {
                now = rmw.Stored(old, operand);
                Add(new LitmusEvent(EventKind.Write, location, now)
                {
                    Order = rmw.Order == AccessOrder.Release ? AccessOrder.Release : AccessOrder.Once,
                    Role = isLock ? LockRole.LockWrite : LockRole.None,
                    IsRmw = true,
                    WritesAfterRead = true,
                    Address = address,
                    Data = rmw.Operand.Gather(Known) | (rmw.IsDependent ? me : 0),
                });
            }

            if (isFull)
            {
                Add(new LitmusEvent(EventKind.Fence, -1, 0) { Barrier = Barrier.Full });
            }

            Set(rmw.Register, rmw.AnswerOf(old, now, writes), me);
        }

        private void Add(LitmusEvent happened)
        {
            ulong control = Control;
            if (_events.Count == Relation.Most)
            {
                throw new TooLargeException("a thread has too many events");
            }

            _events.Add(happened with { Control = control, ControlFence = _fenced & control });
        }
    }
}
