using System.Globalization;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads the part between braces that says what memory and registers hold at first.</summary>
internal static class InitialState
{
    /// <summary>Reads it, closing brace included; the opening one has been read.</summary>
    internal static void Read(Scanner scanner, TestBuilder test)
    {
        scanner.Comments = Comments.Bracketed | (test.Architecture == Architecture.C ? Comments.C : Comments.None);
        while (!scanner.Take("}"))
        {
            if (!scanner.Take(";"))
            {
                ReadOne(scanner, test);
            }
        }
    }

    private static void ReadOne(Scanner scanner, TestBuilder test)
    {
        bool hasType = SkipType(scanner);
        Place place = ReadPlace(scanner, test, isDeclaration: hasType);
        long value = 0;
        bool hasValue = scanner.Take("=");
        if (hasValue)
        {
            value = Value(scanner, test);
        }
        else if (!hasType)
        {
            throw scanner.Expected("'='");
        }

        if (place.Thread >= 0)
        {
            test.Thread(place.Thread).Initialise(place.Number, value);
        }
        else
        {
            test.Memory[place.Number] = value;
        }

        if (!string.Equals(scanner.Peek(), "}", StringComparison.Ordinal))
        {
            scanner.Expect(";");
        }
    }

    /// <summary>Skips what stands before the name: types and stars.</summary>
    private static bool SkipType(Scanner scanner)
    {
        bool skipped = false;
        while (scanner.Take("*") || (Scanner.IsName(scanner.Peek()) && IsTypeBefore(scanner)))
        {
            skipped = true;
        }

        return skipped;
    }

    private static bool IsTypeBefore(Scanner scanner)
    {
        string second = scanner.PeekSecond();
        bool isType = Scanner.IsName(second) || string.Equals(second, "*", StringComparison.Ordinal) ||
            (second.Length > 0 && char.IsAsciiDigit(second[0]));
        if (isType)
        {
            _ = scanner.Next();
        }

        return isType;
    }

    private static Place ReadPlace(Scanner scanner, TestBuilder test, bool isDeclaration)
    {
        Place place = ConditionParser.ReadPlace(scanner, test);
        string next = scanner.Peek();
        return string.Equals(next, "[", StringComparison.Ordinal) ? throw scanner.Unsupported("an array")
            : place is { Thread: < 0 } && !isDeclaration && !string.Equals(next, "=", StringComparison.Ordinal)
                ? throw scanner.Expected("'='")
            : place;
    }

    /// <summary>Reads a number, the address of a location, or ATOMIC_INIT of one.</summary>
    internal static long Value(Scanner scanner, TestBuilder test)
    {
        if (scanner.TakeNumber(out long number))
        {
            return number;
        }

        if (scanner.Take("("))
        {
            // A cast, or brackets around the value.
            if (Scanner.IsName(scanner.Peek()) && (scanner.PeekSecond() is "*" || IsTypeName(scanner.Peek())))
            {
                while (!scanner.Take(")"))
                {
                    _ = scanner.Next();
                }

                return Value(scanner, test);
            }

            long inner = Value(scanner, test);
            scanner.Expect(")");
            return inner;
        }

        bool isAddress = scanner.Take("&");
        if (!isAddress && scanner.Peek() is "ATOMIC_INIT" or "ATOMIC64_INIT" or "ATOMIC_LONG_INIT")
        {
            _ = scanner.Next();
            scanner.Expect("(");
            long inner = Value(scanner, test);
            scanner.Expect(")");
            return inner;
        }

        return Symbols.AddressOf(test.Symbols.Number(scanner.Name("a value")));
    }

    private static bool IsTypeName(string name)
        => name is "int" or "long" or "void" or "char" or "unsigned" || name.EndsWith("_t", StringComparison.Ordinal);

    /// <summary>The number of a thread written as <c>1</c> or <c>P1</c>, or -1.</summary>
    internal static int ThreadNumber(string token)
        => int.TryParse(token.TrimStart('P'), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < 64
            ? number
            : -1;
}
