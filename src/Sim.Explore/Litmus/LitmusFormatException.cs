namespace Sim.Explore.Litmus;

/// <summary>A litmus file that cannot be run.</summary>
public sealed class LitmusFormatException(string file, int line, int column, string problem)
    : Exception(FormattableString.Invariant($"{file}:{line}:{column}: {problem}"))
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The column, from 1.</summary>
    public int Column { get; } = column;

    /// <summary>What was expected, or what is not supported.</summary>
    public string Problem { get; } = problem;
}
