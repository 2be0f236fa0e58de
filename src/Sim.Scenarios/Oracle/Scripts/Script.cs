using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>A program of the header, by name.</summary>
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
/// How it is meant to run: one fiber and one interpreter object per task ("actor"). An actor holds its place in the tree
/// as a stack of (statement, index) in cells of its own, never in locals of its routine, so that undo takes it back
/// and no list lives across an await. <see cref="Fork"/>, <see cref="CreateThread"/>, <see cref="ForkBlock"/> and
/// <see cref="ForkHere"/> start an actor; <see cref="CallProgram"/> pushes; <see cref="OnBehalf"/> hands the statement to
/// the actor that runs <see cref="ServeCommands"/> and sleeps until it is done. Handlers run between two statements of their
/// task, and where a sleep is interrupted. Flags, modes, the table of names and the log belong to the world, in cells;
/// only the log of a finished run is compared.
/// <para>
/// <see cref="Await"/>, <see cref="AwaitFlag"/> and <see cref="LetPass"/> are conditions on cells, as a blocked
/// fiber always is: <c>let Nms pass</c> is enabled when no other fiber is. "Settled" of <c>show state</c> means the same.
/// A waiting actor shows as S, one that busy-waits as R.
/// </para>
/// <para>
/// The log is compared line by line with <see cref="Recording.Outcomes"/>. A deterministic recording has one
/// outcome, and every schedule must give exactly its lines in this order. A schedule-dependent one has
/// several; a schedule that gives one of them agrees. Another log may still be legal: the recorder ran the
/// kernel some hundred times, not under every schedule. It is a difference to report, not a failure, unless the
/// header says otherwise; an outcome that no schedule gives is a difference as well. A line that
/// <see cref="EraDifference.Rewrite"/> knows is compared as 2.6.32 would have it. Of a
/// <see cref="Logs.FormattedEvent"/> only the format is compared.
/// </para>
/// <para>
/// The child of a <see cref="ForkHere"/> whose variable the log does not know has the next name of
/// <see cref="Recording.NamesOnlyInLog"/>.
/// </para>
/// </remarks>
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

    /// <summary>The program with a name; the parser has checked that every name used is there.</summary>
    public TaskProgram Program(string name) => Programs.First(program => string.Equals(program.Name, name, StringComparison.Ordinal));

    /// <summary>The number that a <see cref="SetMode"/> stores.</summary>
    public int ModeOf(SetMode set) => Modes.First(mode => mode.Then == set.Meaning).Mode;
}
