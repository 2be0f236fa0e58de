using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads the instructions of one thread of an assembler test.</summary>
internal abstract class AssemblerParser(TestBuilder test, LitmusThread thread)
{
    private readonly Dictionary<string, int> _labels = new(StringComparer.Ordinal);
    private readonly List<(int Place, string Label, Expression Condition, int Position)> _jumps = [];

    /// <summary>The thread that is read.</summary>
    protected LitmusThread Thread { get; } = thread;

    /// <summary>The test.</summary>
    protected TestBuilder Test { get; } = test;

    /// <summary>The parser of a thread.</summary>
    internal static AssemblerParser For(TestBuilder test, int thread) => test.Architecture switch
    {
        Architecture.Ppc => new PpcParser(test, test.Thread(thread)),
        Architecture.X86 => new IntelParser(test, test.Thread(thread)),
        Architecture.X64 => new AttParser(test, test.Thread(thread)),
        Architecture.C or _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Reads a label or an instruction.</summary>
    internal void ReadOne(Scanner scanner)
    {
        int place = scanner.Position;
        string mnemonic = scanner.Name("an instruction");
        if (scanner.Take(":"))
        {
            if (!_labels.TryAdd(mnemonic, Thread.Here))
            {
                throw scanner.Problem($"label '{mnemonic}' stands here for the second time", place);
            }
        }
        else
        {
            ReadInstruction(scanner, mnemonic.ToLowerInvariant(), place);
        }
    }

    /// <summary>Gives the jumps their targets.</summary>
    internal void Finish(Scanner scanner)
    {
        foreach ((int place, string label, Expression condition, int position) in _jumps)
        {
            if (!_labels.TryGetValue(label, out int target))
            {
                throw scanner.Problem($"there is no label '{label}' in this thread", position);
            }

            if (target <= place)
            {
                throw scanner.Unsupported("a jump backwards", position);
            }

            Thread.Patch(place, new Branch(condition, target, int.MaxValue));
        }
    }

    /// <summary>Reads what follows a mnemonic.</summary>
    /// <param name="scanner">Where to read.</param>
    /// <param name="mnemonic">In lower case.</param>
    /// <param name="place">Where it stands.</param>
    protected abstract void ReadInstruction(Scanner scanner, string mnemonic, int place);

    /// <summary>A jump that is made when the condition is zero.</summary>
    protected void JumpUnless(Scanner scanner, Expression condition)
    {
        int position = scanner.Position;
        string label = scanner.Name("a label");
        _jumps.Add((Thread.Add(new Branch(condition, 0, int.MaxValue)), label, condition, position));
    }

    /// <summary>A register as an expression.</summary>
    protected Register Named(string name) => new(Thread.Register(Test.Canonical(name)));

    /// <summary>The address of a location.</summary>
    protected Constant AddressOf(string location) => new(Symbols.AddressOf(Test.Symbols.Number(location)));

    /// <summary>The jump of this name when the flags hold the difference of what was compared, or null.</summary>
    /// <returns>What is zero when the jump is made.</returns>
    protected static Expression? WhenToFall(string condition, Expression difference) => condition switch
    {
        "eq" or "e" or "z" => difference,
        "ne" or "nz" => new Binary("==", difference, Expression.Zero),
        "lt" or "l" => new Binary(">=", difference, Expression.Zero),
        "le" => new Binary(">", difference, Expression.Zero),
        "gt" or "g" => new Binary("<=", difference, Expression.Zero),
        "ge" => new Binary("<", difference, Expression.Zero),
        _ => null,
    };
}
