using System.Text.RegularExpressions;
using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads litmus tests in the formats of herd.</summary>
public static partial class LitmusParser
{
    /// <summary>Reads one test.</summary>
    /// <param name="text">The content of the file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="LitmusFormatException">It is malformed, or uses what is not supported.</exception>
    public static LitmusTest Parse(string text, string file)
    {
        var scanner = new Scanner(text, file);
        int start = scanner.Position;
        string language = scanner.Name("the name of an architecture (C, X86, X86_64, PPC)");
        Architecture architecture = language.ToUpperInvariant() switch
        {
            "C" => Architecture.C,
            "X86" => Architecture.X86,
            "X86_64" => Architecture.X64,
            "PPC" or "POWER" => Architecture.Ppc,
            _ => throw scanner.Unsupported($"architecture '{language}'", start),
        };
        scanner.Comments = Comments.None;
        string name = scanner.RestOfLine().Trim().Split(' ', '\t')[0];
        scanner.Comments = Comments.Bracketed;
        if (name.Length == 0)
        {
            throw scanner.Problem("expected the name of the test after the architecture", start);
        }

        scanner.SkipPast('{', "'{' and the initial state");
        var test = new TestBuilder(architecture);
        InitialState.Read(scanner, test);
        if (architecture == Architecture.C)
        {
            CParser.Read(scanner, test);
        }
        else
        {
            Table.Read(scanner, test);
        }

        return ReadTail(scanner, test, name, Result().Match(text));
    }

    private static LitmusTest ReadTail(Scanner scanner, TestBuilder test, string name, Match announced)
    {
        scanner.Comments = Comments.Bracketed | Comments.C;
        var conditions = new ConditionParser(scanner, test);
        var observed = new SortedSet<Place>(Place.Order);
        Proposition? filter = null;
        while (true)
        {
            if (scanner.Take("locations"))
            {
                ReadLocations(scanner, test, observed);
            }
            else if (scanner.Take("filter"))
            {
                filter = conditions.Read();
            }
            else
            {
                break;
            }

            _ = scanner.Take(";");
        }

        bool isNegated = scanner.Take("~");
        string keyword = scanner.Peek();
        Quantifier quantifier = (keyword, isNegated) switch
        {
            ("exists" or "final", false) => Quantifier.Exists,
            ("exists", true) => Quantifier.NotExists,
            ("forall", false) => Quantifier.Forall,
            _ => throw scanner.Expected("'exists', '~exists' or 'forall'"),
        };
        _ = scanner.Next();
        Proposition condition = conditions.Read();
        observed.UnionWith(condition.Places);
        var whole = new LitmusTest
        {
            Architecture = test.Architecture,
            Name = name,
            Symbols = test.Symbols,
            Memory = test.Memory,
            Threads = test.Threads,
            Quantifier = quantifier,
            Condition = condition,
            Filter = filter,
            Observed = [.. observed],
            Announced = announced.Success ? announced.Groups["verdict"].Value : null,
        };
        WordValues.FindUnnamed(whole);
        return whole;
    }

    private static void ReadLocations(Scanner scanner, TestBuilder test, SortedSet<Place> observed)
    {
        scanner.Expect("[");
        while (!scanner.Take("]"))
        {
            observed.Add(ConditionParser.ReadPlace(scanner, test));
            _ = scanner.Take("*");
            if (!string.Equals(scanner.Peek(), "]", StringComparison.Ordinal))
            {
                scanner.Expect(";");
            }
        }
    }

    [GeneratedRegex(@"\(\*[\s*]*Result:\s*(?<verdict>Never|Sometimes|Always)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Result();
}
