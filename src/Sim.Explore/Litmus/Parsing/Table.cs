namespace Sim.Explore.Litmus.Parsing;

/// <summary>Reads the program of an assembler test: a column per thread, a row per instruction.</summary>
internal static class Table
{
    /// <summary>Reads the rows up to the condition.</summary>
    internal static void Read(Scanner scanner, TestBuilder test)
    {
        scanner.Comments = Comments.Bracketed;
        int columns = ReadHead(scanner, test);
        AssemblerParser[] parsers = [.. Enumerable.Range(0, columns).Select(i => AssemblerParser.For(test, i))];
        while (scanner.Peek() is not ("exists" or "~" or "forall" or "final" or "locations" or "filter"))
        {
            if (scanner.IsAtEnd)
            {
                throw scanner.Expected("another row of the program, or 'exists', '~exists' or 'forall'");
            }

            ReadRow(scanner, parsers);
        }

        foreach (AssemblerParser parser in parsers)
        {
            parser.Finish(scanner);
        }
    }

    private static int ReadHead(Scanner scanner, TestBuilder test)
    {
        int column = 0;
        do
        {
            int place = scanner.Position;
            string head = scanner.Name($"the head of a column, 'P{column}'");
            if (InitialState.ThreadNumber(head) != column)
            {
                throw scanner.Problem($"expected the head of a column, 'P{column}', found '{head}'", place);
            }

            _ = test.Thread(column++);
        }
        while (scanner.Take("|"));

        scanner.Expect(";");
        return test.Threads.Count == column
            ? column
            : throw scanner.Problem($"the initial state speaks of thread {test.Threads.Count - 1}, and the program ends with P{column - 1}");
    }

    private static void ReadRow(Scanner scanner, AssemblerParser[] parsers)
    {
        for (int column = 0; ; column++)
        {
            if (column == parsers.Length)
            {
                throw scanner.Problem($"this row has more than {parsers.Length} columns");
            }

            while (!scanner.IsAtEnd && scanner.Peek() is not ("|" or ";"))
            {
                parsers[column].ReadOne(scanner);
            }

            if (scanner.Take(";"))
            {
                return;
            }

            scanner.Expect("|");
        }
    }
}
