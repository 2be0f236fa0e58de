using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads x86_64 assembler: the target last, <c>(x)</c>, <c>$1</c>, <c>%rax</c>, a letter for the size.</summary>
internal sealed class AttParser(TestBuilder test, LitmusThread thread) : X86Code(test, thread)
{
    private static readonly string[] s_sized =
    [
        "mov", "xchg", "xadd", "cmpxchg", "cmp", "add", "sub", "and", "or", "xor", "inc", "dec",
    ];

    /// <inheritdoc/>
    protected override string Accumulator => "rax";

    /// <inheritdoc/>
    protected override void ReadInstruction(Scanner scanner, string mnemonic, int place)
    {
        bool isLocked = mnemonic is "lock";
        if (isLocked)
        {
            mnemonic = scanner.Name("an instruction").ToLowerInvariant();
        }

        string bare = mnemonic[^1] is 'q' or 'l' && s_sized.Contains(mnemonic[..^1], StringComparer.Ordinal) ? mnemonic[..^1] : mnemonic;
        if (!Emit(bare, isLocked, count => Operands(scanner, count), scanner))
        {
            throw scanner.Unsupported($"instruction '{mnemonic}'", place);
        }
    }

    private Operand[] Operands(Scanner scanner, int count)
    {
        var operands = new Operand[count];
        for (int i = count - 1; i >= 0; i--)
        {
            operands[i] = ReadOperand(scanner);
            if (i > 0)
            {
                scanner.Expect(",");
            }
        }

        return operands;
    }

    private Operand ReadOperand(Scanner scanner)
    {
        if (scanner.Take("$"))
        {
            return Scanner.IsName(scanner.Peek())
                ? new Operand(AddressOf(scanner.Next()), IsMemory: false)
                : new Operand(new Constant(scanner.Number()), IsMemory: false);
        }

        if (scanner.Take("%"))
        {
            return new Operand(ReadRegister(scanner), IsMemory: false);
        }

        string location = "";
        if (Scanner.IsName(scanner.Peek()))
        {
            location = scanner.Next();
        }

        if (!scanner.Take("("))
        {
            return location.Length > 0
                ? new Operand(AddressOf(location), IsMemory: true)
                : throw scanner.Expected("%register, (location) or $number");
        }

        Expression address;
        if (location.Length > 0)
        {
            scanner.Expect("%");
            scanner.Expect("rip");
            address = AddressOf(location);
        }
        else
        {
            address = scanner.Take("%") ? ReadRegister(scanner) : AddressOf(scanner.Name("a location or a register"));
        }

        scanner.Expect(")");
        return new Operand(address, IsMemory: true);
    }

    private Register ReadRegister(Scanner scanner)
        => X86Registers.IsOne(scanner.Peek()) ? Named(scanner.Next()) : throw scanner.Expected("a 32-bit or 64-bit register");
}
