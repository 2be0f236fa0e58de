using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>What x86 instructions do, whichever way they are written.</summary>
internal abstract class X86Code(TestBuilder test, LitmusThread thread) : AssemblerParser(test, thread)
{
    private const string Flags = "%flags";

    /// <summary>The accumulator, as this syntax names it.</summary>
    protected abstract string Accumulator { get; }

    /// <summary>An operand of an instruction.</summary>
    /// <param name="Value">A register or a number, or the address of a word of memory.</param>
    /// <param name="IsMemory">Which of the two.</param>
    protected readonly record struct Operand(Expression Value, bool IsMemory);

    /// <summary>Emits an instruction without its size; false when it is not known.</summary>
    /// <param name="mnemonic">Its name.</param>
    /// <param name="isLocked">Whether it has a lock prefix.</param>
    /// <param name="operands">Its operands, the target first.</param>
    /// <param name="scanner">For a jump, where its label is read.</param>
    protected bool Emit(string mnemonic, bool isLocked, Func<int, Operand[]> operands, Scanner scanner)
    {
        switch (mnemonic)
        {
            case "mfence":
                Thread.Add(new Fence(Barrier.Full));
                return true;
            case "lfence" or "sfence" or "nop":
                return true;
            case "mov":
                Operand[] move = operands(2);
                Put(move[0], Get(move[1]));
                return true;
            case "xchg":
                Operand[] exchanged = operands(2);
                Exchange(exchanged[0].IsMemory ? exchanged[0] : exchanged[1], exchanged[0].IsMemory ? exchanged[1] : exchanged[0]);
                return true;
            case "xadd":
                Operand[] added = operands(2);
                ExchangeAdd(added[0], (Register)added[1].Value, isLocked);
                return true;
            case "cmpxchg":
                Operand[] compared = operands(2);
                CompareExchange(compared[0], compared[1].Value, isLocked);
                return true;
            case "cmp":
                Operand[] sides = operands(2);
                Thread.Add(new Assign(Thread.Register(Flags), new Binary("-", Get(sides[0]), Get(sides[1]))));
                return true;
            case "add" or "sub" or "and" or "or" or "xor":
                Operand[] terms = operands(2);
                Compute(terms[0], Sign(mnemonic), terms[1], isLocked);
                return true;
            case "inc" or "dec":
                Compute(operands(1)[0], mnemonic is "inc" ? "+" : "-", new Operand(new Constant(1), IsMemory: false), isLocked);
                return true;
            case "jmp":
                JumpUnless(scanner, Expression.Zero);
                return true;
            default:
                Expression? falls = mnemonic.StartsWith('j') ? WhenToFall(mnemonic[1..], new Register(Thread.Register(Flags))) : null;
                if (falls is not null)
                {
                    JumpUnless(scanner, falls);
                }

                return falls is not null;
        }
    }

    private static string Sign(string mnemonic) => mnemonic switch
    {
        "add" => "+",
        "sub" => "-",
        "and" => "&",
        "or" => "|",
        _ => "^",
    };

    /// <summary>The value of an operand, loaded if it is in memory.</summary>
    private Expression Get(Operand operand)
    {
        if (!operand.IsMemory)
        {
            return operand.Value;
        }

        int loaded = Thread.Temporary();
        Thread.Add(new Load(loaded, operand.Value, AccessOrder.Once));
        return new Register(loaded);
    }

    private void Put(Operand target, Expression value)
        => Thread.Add(target.IsMemory
            ? new Store(target.Value, value, AccessOrder.Once)
            : new Assign(((Register)target.Value).Number, value));

    private void Exchange(Operand memory, Operand other)
    {
        var register = (Register)other.Value;
        if (memory.IsMemory)
        {
            Thread.Add(new Rmw(register.Number, memory.Value, RmwOperation.Exchange, register, Expression.Zero, AccessOrder.Full));
            return;
        }

        var kept = new Register(Thread.Temporary());
        Thread.Add(new Assign(kept.Number, register));
        Thread.Add(new Assign(register.Number, memory.Value));
        Thread.Add(new Assign(((Register)memory.Value).Number, kept));
    }

    private void ExchangeAdd(Operand memory, Register register, bool isLocked)
    {
        if (isLocked)
        {
            Thread.Add(new Rmw(register.Number, memory.Value, RmwOperation.Add, register, Expression.Zero, AccessOrder.Full));
            return;
        }

        Expression old = Get(memory);
        Put(memory, new Binary("+", old, register));
        Thread.Add(new Assign(register.Number, old));
    }

    private void CompareExchange(Operand memory, Expression value, bool isLocked)
    {
        Register accumulator = Named(Accumulator);
        var expected = new Register(Thread.Temporary());
        Thread.Add(new Assign(expected.Number, accumulator));
        if (isLocked)
        {
            Thread.Add(new Rmw(accumulator.Number, memory.Value, RmwOperation.CompareExchange, value, expected, AccessOrder.Full));
        }
        else
        {
            Thread.Add(new Assign(accumulator.Number, Get(memory)));
            var difference = new Binary("==", accumulator, expected);
            Thread.Add(new Branch(difference, Thread.Here + 2, int.MaxValue));
            Put(memory, value);
        }

        Thread.Add(new Assign(Thread.Register(Flags), new Binary("-", accumulator, expected)));
    }

    private void Compute(Operand target, string sign, Operand operand, bool isLocked)
    {
        if (isLocked && target.IsMemory)
        {
            (RmwOperation operation, Expression value) = sign switch
            {
                "+" => (RmwOperation.Add, operand.Value),
                "-" => (RmwOperation.Add, new Binary("-", Expression.Zero, operand.Value)),
                "&" => (RmwOperation.And, operand.Value),
                "|" => (RmwOperation.Or, operand.Value),
                _ => (RmwOperation.Xor, operand.Value),
            };
            var now = new Register(Thread.Register(Flags));
            Thread.Add(new Rmw(now.Number, target.Value, operation, value, Expression.Zero, AccessOrder.Full, RmwAnswer.New));
            return;
        }

        var result = new Register(Thread.Register(Flags));
        Expression right = Get(operand);
        Thread.Add(new Assign(result.Number, new Binary(sign, Get(target), right)));
        Put(target, result);
    }
}
