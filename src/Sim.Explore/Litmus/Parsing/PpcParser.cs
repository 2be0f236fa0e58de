using System.Globalization;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads POWER assembler.</summary>
internal sealed class PpcParser(TestBuilder test, LitmusThread thread) : AssemblerParser(test, thread)
{
    private const string Flags = "cr0";

    /// <inheritdoc/>
    protected override void ReadInstruction(Scanner scanner, string mnemonic, int place)
    {
        switch (mnemonic)
        {
            case "sync" or "hwsync":
                Thread.Add(new Fence(Barrier.Full));
                break;
            case "lwsync":
                Thread.Add(new Fence(Barrier.Lightweight));
                break;
            case "eieio":
                Thread.Add(new Fence(Barrier.Eieio));
                break;
            case "isync":
                Thread.Add(new Fence(Barrier.Instruction));
                break;
            case "nop":
                break;
            case "li":
                Compute(scanner, () => new Constant(scanner.Number()));
                break;
            case "mr":
                Compute(scanner, () => ReadRegister(scanner));
                break;
            case "addi" or "subi" or "xori" or "ori" or "andi." or "mulli":
                Compute(scanner, () => Immediate(scanner, mnemonic));
                break;
            case "add" or "sub" or "xor" or "or" or "and" or "mullw":
                Compute(scanner, () => ReadBinary(scanner, mnemonic));
                break;
            case "lwz" or "ld":
                Thread.Add(new Load(Target(scanner), Displaced(scanner), AccessOrder.Once));
                break;
            case "lwzx" or "ldx":
                Thread.Add(new Load(Target(scanner), Indexed(scanner), AccessOrder.Once));
                break;
            case "stw" or "std":
                ReadStore(scanner, isIndexed: false);
                break;
            case "stwx" or "stdx":
                ReadStore(scanner, isIndexed: true);
                break;
            case "cmpw" or "cmpd" or "cmpwi" or "cmpdi":
                Compare(scanner, mnemonic.EndsWith('i'));
                break;
            case "b":
                JumpUnless(scanner, Expression.Zero);
                break;
            default:
                Expression? falls = mnemonic.StartsWith('b') ? WhenToFall(mnemonic[1..], Named(Flags)) : null;
                JumpUnless(scanner, falls ?? throw scanner.Unsupported($"instruction '{mnemonic}'", place));
                break;
        }
    }

    private static bool IsRegister(string token)
        => token.Length is 2 or 3 && token[0] is 'r' or 'R' &&
            int.TryParse(token.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 32;

    private void Compute(Scanner scanner, Func<Expression> value)
    {
        int target = Target(scanner);
        Thread.Add(new Assign(target, value()));
    }

    private void ReadStore(Scanner scanner, bool isIndexed)
    {
        Register value = ReadRegister(scanner);
        scanner.Expect(",");
        Thread.Add(new Store(isIndexed ? Indexed(scanner) : Displaced(scanner), value, AccessOrder.Once));
    }

    private void Compare(Scanner scanner, bool isImmediate)
    {
        Register left = ReadRegister(scanner);
        scanner.Expect(",");
        Expression right = isImmediate ? new Constant(scanner.Number()) : ReadRegister(scanner);
        Thread.Add(new Assign(Thread.Register(Flags), new Binary("-", left, right)));
    }

    private int Target(Scanner scanner)
    {
        int target = ReadRegister(scanner).Number;
        scanner.Expect(",");
        return target;
    }

    private Register ReadRegister(Scanner scanner)
        => IsRegister(scanner.Peek()) ? Named(scanner.Next()) : throw scanner.Expected("a register");

    private Binary Immediate(Scanner scanner, string mnemonic)
    {
        Register left = ReadRegister(scanner);
        scanner.Expect(",");
        return new Binary(Sign(mnemonic.TrimEnd('.')[..^1]), left, new Constant(scanner.Number()));
    }

    private Binary ReadBinary(Scanner scanner, string mnemonic)
    {
        Register left = ReadRegister(scanner);
        scanner.Expect(",");
        return new Binary(Sign(mnemonic), left, ReadRegister(scanner));
    }

    private static string Sign(string mnemonic) => mnemonic switch
    {
        "add" => "+",
        "sub" => "-",
        "xor" => "^",
        "or" => "|",
        "and" => "&",
        _ => "*",
    };

    /// <summary><c>0(r1)</c>, or <c>0,r1</c>.</summary>
    private Expression Displaced(Scanner scanner)
    {
        long offset = scanner.Number();
        bool hasBracket = scanner.Take("(");
        if (!hasBracket)
        {
            scanner.Expect(",");
        }

        Register address = ReadRegister(scanner);
        if (hasBracket)
        {
            scanner.Expect(")");
        }

        return offset == 0 ? address : new Binary("+", address, new Constant(offset));
    }

    private Binary Indexed(Scanner scanner)
    {
        Register address = ReadRegister(scanner);
        scanner.Expect(",");
        return new Binary("+", address, ReadRegister(scanner));
    }
}
