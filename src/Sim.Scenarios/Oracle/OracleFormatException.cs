namespace Sim.Scenarios.Oracle;

/// <summary>A recording that is not understood: where, what is wrong, and the text in question.</summary>
/// <param name="file">Name of the recording's file.</param>
/// <param name="line">Line in it, from 1.</param>
/// <param name="problem">What is wrong, without a full stop.</param>
/// <param name="text">The text that is not understood.</param>
public sealed class OracleFormatException(string file, int line, string problem, string text)
    : FormatException($"{file}:{line}: {problem}: {text}")
{
    /// <summary>Name of the recording's file.</summary>
    public string File { get; } = file;

    /// <summary>Line in it, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong.</summary>
    public string Problem { get; } = problem;

    /// <summary>The text that is not understood.</summary>
    public string Text { get; } = text;
}
