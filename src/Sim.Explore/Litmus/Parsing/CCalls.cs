using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>The primitives of the Linux kernel that a litmus test can call.</summary>
internal sealed class CCalls(Scanner scanner, LitmusThread thread, CExpressionParser expressions)
{
    /// <summary>Reads a call whose answer nobody wants, if it is of a primitive without one.</summary>
    internal bool TryReadStatement()
    {
        int place = scanner.Position;
        string name = scanner.Next();
        if (BarrierOf(name) is { } barrier)
        {
            Open();
            Close();
            thread.Add(new Fence(barrier));
        }
        else if (name is "barrier" or "smp_read_barrier_depends")
        {
            Open();
            Close();
        }
        else if (name is "spin_lock" or "spin_unlock")
        {
            Open();
            Expression word = expressions.Read();
            Close();
            thread.Add(name is "spin_lock" ? new Lock(word) : new Unlock(word));
        }
        else if (!TryReadStore(name) && !TryReadAtomic(name, isStatement: true))
        {
            scanner.Position = place;
            return false;
        }

        return true;
    }

    /// <summary>Reads a call that answers something; its name has been read.</summary>
    internal Expression Read(string name, int place)
    {
        switch (name)
        {
            case "READ_ONCE" or "ACCESS_ONCE" or "rcu_dereference" or "lockless_dereference":
                Open();
                Expression address = LeftSide();
                Close();
                return expressions.Loaded(address, AccessOrder.Once);
            case "smp_load_acquire":
                return LoadThrough(AccessOrder.Acquire);
            case "atomic_read" or "atomic_long_read" or "atomic64_read":
                return LoadThrough(AccessOrder.Once);
            case "atomic_read_acquire":
                return LoadThrough(AccessOrder.Acquire);
            case "likely" or "unlikely":
                Open();
                Expression inner = expressions.Read();
                Close();
                return inner;
            case "spin_trylock":
                Open();
                Expression word = expressions.Read();
                Close();
                return Answer(register => new Rmw(
                    register, word, RmwOperation.TryLock, new Constant(1), Expression.Zero, AccessOrder.Acquire, RmwAnswer.Succeeded));
            default:
                _answer = null;
                return TryReadAtomic(name, isStatement: false) && _answer is { } answer
                    ? answer
                    : throw scanner.Unsupported($"'{name}'", place);
        }
    }

    private Expression? _answer;

    private static Barrier? BarrierOf(string name) => name switch
    {
        "smp_mb" or "mb" => Barrier.Full,
        "smp_rmb" or "rmb" => Barrier.Read,
        "smp_wmb" or "wmb" => Barrier.Write,
        "smp_mb__before_atomic" => Barrier.BeforeAtomic,
        "smp_mb__after_atomic" => Barrier.AfterAtomic,
        "smp_mb__after_spinlock" => Barrier.AfterSpinlock,
        "smp_mb__after_unlock_lock" => Barrier.AfterUnlockLock,
        "rcu_read_lock" => Barrier.RcuLock,
        "rcu_read_unlock" => Barrier.RcuUnlock,
        "synchronize_rcu" or "synchronize_rcu_expedited" => Barrier.SynchronizeRcu,
        _ => null,
    };

    private bool TryReadStore(string name)
    {
        bool isLeftSide = name is "WRITE_ONCE" or "rcu_assign_pointer" or "smp_store_mb";
        AccessOrder? order = name switch
        {
            "WRITE_ONCE" or "smp_store_mb" or "atomic_set" or "atomic_long_set" or "atomic64_set" => AccessOrder.Once,
            "rcu_assign_pointer" or "smp_store_release" or "atomic_set_release" => AccessOrder.Release,
            _ => null,
        };
        if (order is not { } known)
        {
            return false;
        }

        Open();
        Expression address = isLeftSide ? LeftSide() : expressions.Read();
        scanner.Expect(",");
        Expression value = expressions.Read();
        Close();
        thread.Add(new Store(address, value, known));
        if (name is "smp_store_mb")
        {
            thread.Add(new Fence(Barrier.Full));
        }

        return true;
    }

    /// <summary>Reads xchg, cmpxchg and the operations on atomic_t.</summary>
    private bool TryReadAtomic(string name, bool isStatement)
    {
        if (AtomicCall.Of(name) is not { } call)
        {
            return false;
        }

        if (isStatement && call.HasAnswer)
        {
            // Its answer is thrown away, but it orders what it orders.
        }
        else if (!isStatement && !call.HasAnswer)
        {
            return false;
        }

        Open();
        var arguments = new List<Expression>();
        do
        {
            arguments.Add(expressions.Read());
        }
        while (arguments.Count < call.Arguments && Comma());
        Close();
        _answer = Answer(register => call.Make(register, arguments));
        return true;
    }

    private bool Comma()
    {
        scanner.Expect(",");
        return true;
    }

    private Register LoadThrough(AccessOrder order)
    {
        Open();
        Expression address = expressions.Read();
        Close();
        return expressions.Loaded(address, order);
    }

    private Register Answer(Func<int, Instruction> make)
    {
        int register = thread.Temporary();
        thread.Add(make(register));
        return new Register(register);
    }

    /// <summary>What READ_ONCE and its like are given: something behind a star.</summary>
    private Expression LeftSide()
    {
        int brackets = 0;
        while (scanner.Take("("))
        {
            brackets++;
        }

        if (!scanner.Take("*"))
        {
            throw scanner.Expected("'*' and a pointer");
        }

        Expression address = expressions.ReadUnary();
        for (; brackets > 0; brackets--)
        {
            scanner.Expect(")");
        }

        return address;
    }

    private void Open() => scanner.Expect("(");

    private void Close() => scanner.Expect(")");
}
