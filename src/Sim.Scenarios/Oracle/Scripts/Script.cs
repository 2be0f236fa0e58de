using System.Collections.Immutable;
using Sim.Machine.Ops;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>A program of the header, by name.</summary>
[Immutable]
public sealed record TaskProgram(string Name, Block Body);

/// <summary>An <c>asm:</c> line: machine code with labels, kept as text.</summary>
/// <param name="Name">C in "code C: ..." and "handler H: ...".</param>
/// <param name="IsHandler">Whether it is a signal handler.</param>
/// <param name="Listing">The instructions, each with its label.</param>
public sealed record AsmBlock(string Name, bool IsHandler, string Listing);

/// <summary>
/// What every task of a recording does.
/// </summary>
/// <remarks>
/// <see cref="Running.Interpreter"/> runs it: a task is a process of the simulated kernel, its place in the tree the stack
/// of its suspended routines. Waits for others are conditions, as a blocked fiber always is; those that end when
/// everything has settled are in <see cref="Running.Settling"/>.
/// <para>
/// The log is compared line by line with <see cref="Recording.Outcomes"/>. A deterministic recording has one
/// outcome, and every schedule must give exactly its lines in this order. Of a schedule-dependent one every
/// schedule must give one of the outcomes, and every outcome must be given by some schedule. A line that
/// <see cref="EraDifference.Rewrite"/> knows is compared as 2.6.32 would have it. Of a
/// <see cref="Logs.FormattedEvent"/> only the format is compared.
/// </para>
/// <para>
/// The child of a <see cref="ForkHere"/> whose variable the log does not know has the next name of
/// <see cref="Recording.NamesOnlyInLog"/>.
/// </para>
/// </remarks>
[Immutable]
public sealed record Script
{
    /// <summary>The task that runs <see cref="Main"/>: T, unless the header says "[root is P]".</summary>
    public required string Root { get; init; }

    /// <summary>The root's program, <c>script:</c>.</summary>
    public required Block Main { get; init; }

    /// <summary>The other programs, in the order of the header.</summary>
    public required ImmutableArray<TaskProgram> Programs { get; init; }

    /// <summary>The machine code, in the order of the header.</summary>
    public required ImmutableArray<AsmBlock> Asm { get; init; }

    /// <summary>The names that a statement may mean: tasks, and variables that may hold a pid. Sorted.</summary>
    public required ImmutableArray<string> TaskNames { get; init; }

    /// <summary>Every <c>if mode n: a</c> of the programs.</summary>
    public required ImmutableArray<IfMode> Modes { get; init; }

    /// <summary>The formats of all <c>log</c> statements.</summary>
    public required ImmutableArray<string> LogFormats { get; init; }

    /// <summary>Whether any program traces, or looks at registers or memory of another task.</summary>
    public required bool UsesPtrace { get; init; }

    /// <summary>Parses a script that is not in a recording.</summary>
    /// <param name="main">The root's program.</param>
    /// <param name="programs">The other programs by name.</param>
    /// <param name="file">Its name, for errors.</param>
    /// <param name="line">The line of the root's program.</param>
    /// <exception cref="OracleFormatException">A statement or a name is not known.</exception>
    public static Script Parse(string main, IReadOnlyList<(string Name, string Text)> programs, string file, int line = 1)
        => ScriptParser.Parse(
            SourceText.Of(main, file, line),
            [.. programs.Select(program => (program.Name, SourceText.Of(program.Text, file, line)))],
            []);

    /// <summary>The program with a name; the parser has checked that every name used is there.</summary>
    public TaskProgram Program(string name) => Programs.First(program => string.Equals(program.Name, name, StringComparison.Ordinal));

    /// <summary>The number that a <see cref="SetMode"/> stores.</summary>
    public int ModeOf(SetMode set) => Modes.First(mode => mode.Then == set.Meaning).Mode;
}
