using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>How far a run of a thread is.</summary>
internal sealed class ThreadState
{
    private readonly List<LitmusEvent> _events;
    private readonly List<(ulong Reads, int End)> _scopes;
    private readonly Dictionary<int, WordValue> _seen;
    private readonly ulong[] _known;
    private readonly ulong[] _sources;
    private ulong _fenced;

    internal ThreadState(LitmusThread thread)
        : this(thread.InitialRegisters(), new ulong[thread.RegisterCount], new ulong[thread.RegisterCount], [], [], [], 0)
    {
    }

    private ThreadState(
        long[] registers,
        ulong[] known,
        ulong[] sources,
        List<LitmusEvent> events,
        List<(ulong Reads, int End)> scopes,
        Dictionary<int, WordValue> seen,
        ulong fenced)
    {
        Registers = registers;
        _known = known;
        _sources = sources;
        _events = events;
        _scopes = scopes;
        _seen = seen;
        _fenced = fenced;
    }

    internal long[] Registers { get; }

    /// <summary>The reads that each register was computed from.</summary>
    internal ReadOnlySpan<ulong> Known => _known;

    /// <summary>The instructions that computed each register, in all threads.</summary>
    internal ReadOnlySpan<ulong> Sources => _sources;

    private ulong Control => _scopes.Aggregate(0UL, static (all, scope) => all | scope.Reads);

    internal ThreadState Copy()
        => new([.. Registers], [.. _known], [.. _sources], [.. _events], [.. _scopes], new(_seen), _fenced);

    internal ThreadRun Finished() => new([.. _events], Registers);

    /// <summary>What the thread has read or written last in a word, if it has.</summary>
    internal WordValue? SeenAt(int location) => _seen.TryGetValue(location, out WordValue seen) ? seen : null;

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

    internal void Set(int register, long value, ulong reads, ulong sources)
    {
        if (register >= 0)
        {
            Registers[register] = value;
            _known[register] = reads;
            _sources[register] = sources;
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

    internal void AddLoad(Load load, int location, WordValue value, ulong address)
    {
        ulong me = 1UL << _events.Count;
        Add(new LitmusEvent(EventKind.Read, location, value.Value) { Order = load.Order, Address = address });
        _seen[location] = value;
        Set(load.Register, value.Value, me, value.Sources);
    }

    internal void AddStore(Store store, int location, ulong address, int number, ulong bit)
    {
        ulong data = store.Value.Gather(Known);
        AddWrite(
            new LitmusEvent(EventKind.Write, location, store.Value.Evaluate(Registers))
            {
                Order = store.Order,
                Address = address,
                Data = data,
            },
            data == 0 ? 0 : store.Value.Gather(Sources) | bit,
            number);
    }

    internal void AddLock(int location, ulong address, int number)
    {
        Add(new LitmusEvent(EventKind.Read, location, 0)
        {
            Order = AccessOrder.Acquire,
            Role = LockRole.LockRead,
            IsRmw = true,
            Address = address,
        });
        AddWrite(
            new LitmusEvent(EventKind.Write, location, 1)
            {
                Order = AccessOrder.Once,
                Role = LockRole.LockWrite,
                IsRmw = true,
                WritesAfterRead = true,
                Address = address,
            },
            0,
            number);
    }

    internal void AddUnlock(int location, ulong address, int number)
        => AddWrite(
            new LitmusEvent(EventKind.Write, location, 0)
            {
                Order = AccessOrder.Release,
                Role = LockRole.Unlock,
                Address = address,
            },
            0,
            number);

    internal void AddRmw(Rmw rmw, int location, WordValue old, ulong address, int number, ulong bit)
    {
        long operand = rmw.Operand.Evaluate(Registers);
        ulong operandSources = rmw.Operand.Gather(Sources);
        bool writes = rmw.Writes(old.Value, rmw.Expected.Evaluate(Registers));
        bool isFull = rmw.Order == AccessOrder.Full && writes;
        bool isLock = rmw.Operation == RmwOperation.TryLock;
        if (isFull)
        {
            Add(new LitmusEvent(EventKind.Fence, -1, 0) { Barrier = Barrier.Full });
        }

        ulong me = 1UL << _events.Count;
        Add(new LitmusEvent(EventKind.Read, location, old.Value)
        {
            Order = writes && rmw.Order is AccessOrder.Acquire or AccessOrder.NoReturn ? rmw.Order : AccessOrder.Once,
            Role = !isLock ? LockRole.None : writes ? LockRole.LockRead : LockRole.FailedLock,
            IsRmw = true,
            IsOnlyALook = rmw.Operation == RmwOperation.AddUnless && !writes,
            Address = address,
        });
        _seen[location] = old;
        long now = writes ? rmw.Stored(old.Value, operand) : old.Value;
        if (writes)
        {
            var write = new LitmusEvent(EventKind.Write, location, now)
            {
                Order = rmw.Order == AccessOrder.Release ? AccessOrder.Release : AccessOrder.Once,
                Role = isLock ? LockRole.LockWrite : LockRole.None,
                IsRmw = true,
                WritesAfterRead = true,
                Address = address,
                Data = rmw.Operand.Gather(Known) | (rmw.IsDependent ? me : 0),
            };
            AddWrite(
                write,
                write.Data == 0 ? 0 : (rmw.IsDependent ? old.Sources : 0) | operandSources | bit,
                rmw.IsDependent ? old.Base : number);
        }

        if (isFull)
        {
            Add(new LitmusEvent(EventKind.Fence, -1, 0) { Barrier = Barrier.Full });
        }

        Set(rmw.Register, rmw.AnswerOf(old.Value, now, writes), me, old.Sources | (writes ? operandSources : 0));
    }

    private void AddWrite(LitmusEvent write, ulong sources, int chain)
    {
        var origin = new WordValue(write.Value, sources, chain);
        Add(write with { Origin = origin });
        _seen[write.Location] = origin;
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
