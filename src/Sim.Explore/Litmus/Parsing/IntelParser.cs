using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads x86 assembler: the target first, <c>[x]</c>, <c>$1</c>.</summary>
internal sealed class IntelParser(TestBuilder test, LitmusThread thread) : X86Code(test, thread)
{
    /// <inheritdoc/>
    protected override string Accumulator => "EAX";

    /// <inheritdoc/>
    protected override void ReadInstruction(Scanner scanner, string mnemonic, int place)
    {
        bool isLocked = mnemonic is "lock";
        if (isLocked)
        {
            mnemonic = scanner.Name("an instruction").ToLowerInvariant();
        }

        if (!Emit(mnemonic, isLocked, count => Operands(scanner, count), scanner))
        {
            throw scanner.Unsupported($"instruction '{mnemonic}'", place);
        }
    }

    private Operand[] Operands(Scanner scanner, int count)
    {
        var operands = new Operand[count];
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                scanner.Expect(",");
            }

            operands[i] = ReadOperand(scanner);
        }

        return operands;
    }

    private Operand ReadOperand(Scanner scanner)
    {
        if (scanner.Take("["))
        {
            string name = scanner.Name("a location or a register");
            scanner.Expect("]");
            return new Operand(IsRegister(name) ? Named(name) : AddressOf(name), IsMemory: true);
        }

        if (scanner.Take("$"))
        {
            return Scanner.IsName(scanner.Peek())
                ? new Operand(AddressOf(scanner.Next()), IsMemory: false)
                : new Operand(new Constant(scanner.Number()), IsMemory: false);
        }

        if (scanner.TakeNumber(out long number))
        {
            return new Operand(new Constant(number), IsMemory: false);
        }

        string register = scanner.Peek();
        return IsRegister(register)
            ? new Operand(Named(scanner.Next()), IsMemory: false)
            : throw scanner.Expected("a register, [location] or $number");
    }

    private static bool IsRegister(string name)
        => name.Length == 3 && name[0] is 'E' or 'e' && X86Registers.IsOne(name);
}
