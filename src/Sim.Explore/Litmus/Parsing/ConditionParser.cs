using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads propositions about final states.</summary>
internal sealed class ConditionParser(Scanner scanner, TestBuilder test)
{
    /// <summary>Reads a register (<c>1:r0</c>) or a location (<c>x</c>, <c>[x]</c>, <c>*x</c>).</summary>
    internal static Place ReadPlace(Scanner scanner, TestBuilder test)
    {
        if (scanner.Take("["))
        {
            Place inner = test.MemoryPlace(scanner.Name("the name of a location"));
            scanner.Expect("]");
            return inner;
        }

        if (scanner.Take("*"))
        {
            return test.MemoryPlace(scanner.Name("the name of a location"));
        }

        int thread = string.Equals(scanner.PeekSecond(), ":", StringComparison.Ordinal)
            ? InitialState.ThreadNumber(scanner.Peek())
            : -1;
        if (thread < 0)
        {
            return test.MemoryPlace(scanner.Name("a register (thread:name) or a location"));
        }

        _ = scanner.Next();
        scanner.Expect(":");
        _ = scanner.Take("%");
        return test.RegisterPlace(thread, scanner.Name("the name of a register"));
    }

    /// <summary>Reads a whole proposition.</summary>
    internal Proposition Read()
    {
        Proposition left = ReadAny();
        return scanner.Take("=>") ? new Any([new Not(left), Read()]) : left;
    }

    private Proposition ReadAny()
    {
        var items = new List<Proposition> { ReadAll() };
        while (scanner.Take("\\/"))
        {
            items.Add(ReadAll());
        }

        return items.Count == 1 ? items[0] : new Any(items);
    }

    private Proposition ReadAll()
    {
        var items = new List<Proposition> { ReadOne() };
        while (scanner.Take("/\\"))
        {
            items.Add(ReadOne());
        }

        return items.Count == 1 ? items[0] : new All(items);
    }

    private Proposition ReadOne()
    {
        if (scanner.Take("~") || scanner.Take("not"))
        {
            return new Not(ReadOne());
        }

        if (scanner.Take("("))
        {
            Proposition inner = Read();
            scanner.Expect(")");
            return inner;
        }

        if (scanner.Peek() is "true" or "false")
        {
            return new Truth(string.Equals(scanner.Next(), "true", StringComparison.Ordinal));
        }

        Place place = ReadPlace(scanner, test);
        bool isNegated = scanner.Take("!=") || scanner.Take("<>");
        if (!isNegated && !scanner.Take("==") && !scanner.Take("="))
        {
            throw scanner.Expected("'='");
        }

        Proposition atom = IsPlace()
            ? new Same(place, ReadPlace(scanner, test))
            : new HasValue(place, InitialState.Value(scanner, test));
        return isNegated ? new Not(atom) : atom;
    }

    /// <summary>Whether the right side is a place, not a value; the name of a location is its address there.</summary>
    private bool IsPlace()
        => string.Equals(scanner.PeekSecond(), ":", StringComparison.Ordinal) ||
            scanner.Peek() is "[" or "*";
}
