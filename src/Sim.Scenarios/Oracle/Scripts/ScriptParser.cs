using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Reads the programs of a header.</summary>
internal static class ScriptParser
{
    private const string DefaultRoot = "T";

    /// <summary>Parses a whole script.</summary>
    /// <param name="main">The text behind <c>script:</c>.</param>
    /// <param name="programs">The other programs by name.</param>
    /// <param name="asm">The <c>asm:</c> lines.</param>
    /// <exception cref="OracleFormatException">A statement or a name is not known.</exception>
    internal static Script Parse(
        SourceText main, IReadOnlyList<(string Name, SourceText Text)> programs, IReadOnlyList<SourceText> asm)
    {
        var names = new Names();
        foreach ((string name, SourceText text) in programs)
        {
            if (!names.DefineProgram(name))
            {
                throw new OracleFormatException(text.File, text.LineOf(0), "a program is given twice", name);
            }
        }

        ImmutableArray<AsmBlock> code = [.. asm.Select(text => Asm(text, names))];
        var reader = new TokenReader(main);
        string root = Root(reader);
        names.DefineTask(root);
        Block body = StatementParser.Program(reader, names);
        ImmutableArray<TaskProgram> others = [.. programs.Select(program =>
            new TaskProgram(program.Name, StatementParser.Program(new TokenReader(program.Text), names)))];
        names.Check();
        return new Script
        {
            Root = root,
            Main = body,
            Programs = others,
            Asm = code,
            TaskNames = [.. names.Tasks],
            Modes = [.. names.Modes],
            LogFormats = [.. names.LogFormats],
            UsesPtrace = names.UsesPtrace,
        };
    }

    private static string Root(TokenReader reader)
    {
        if (!reader.Take("[", "root", "is"))
        {
            return DefaultRoot;
        }

        string root = reader.Word();
        reader.Expect("]");
        return root;
    }

    /// <summary>"code C(tid,sig): ..." or "handler H: ...": the name, and the listing as it stands.</summary>
    private static AsmBlock Asm(SourceText source, Names names)
    {
        string text = source.Text;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string[] words = (colon < 0 ? text : text[..colon]).Split([' ', '('], StringSplitOptions.RemoveEmptyEntries);
        if (colon < 0 || words.Length < 2 || words[0] is not ("code" or "handler"))
        {
            throw new OracleFormatException(source.File, source.LineOf(0), "'code NAME:' or 'handler NAME:' expected", text);
        }

        names.DefineAsm(words[1]);
        return new AsmBlock(words[1], words[0] is "handler", text[(colon + 1)..].Trim());
    }
}
