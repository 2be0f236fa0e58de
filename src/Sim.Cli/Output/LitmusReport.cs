using System.Globalization;
using System.Text;
using Sim.Cli.Input;
using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Programs;

namespace Sim.Cli.Output;

/// <summary>What became of a litmus test.</summary>
internal sealed class LitmusReport(string file)
{
    /// <summary>The file, as it was named.</summary>
    internal string File { get; } = file;

    /// <summary>What is wrong with the file, or null.</summary>
    internal string? Mistake { get; private init; }

    /// <summary>The test, or null when it was not run.</summary>
    internal LitmusTest? Test { get; init; }

    /// <summary>The model.</summary>
    internal LitmusMemory Memory { get; init; }

    /// <summary>What the engine found, or null.</summary>
    internal LitmusResult? Result { get; init; }

    /// <summary>What should have been found, or null when nobody knows.</summary>
    internal Expected? Expected { get; init; }

    /// <summary>Why the engine cannot show everything that the model allows, or null.</summary>
    internal string? Loses { get; init; }

    /// <summary>How long it took.</summary>
    internal TimeSpan Elapsed { get; init; }

    /// <summary>
    /// Whether the engine found what was expected; null when that is not known, when the engine did not
    /// come to an end, or when what is missing is out of its reach.
    /// </summary>
    internal bool? Agrees => Result is null || Expected is null || !Result.Complete ? null
        : Expected.Fits(Result) ? true
        : Loses is null ? false
        : null;

    /// <summary>A file that could not be run.</summary>
    internal static LitmusReport Bad(string file, string mistake) => new(file) { Mistake = mistake };

    /// <summary>A file whose turn never came.</summary>
    internal static LitmusReport NotRun(string file) => new(file);

    /// <summary>As herd writes it, with the number of executions before each state.</summary>
    internal string ToText()
    {
        (LitmusTest test, LitmusResult result) = (Test!, Result!);
        bool holds = test.Quantifier switch
        {
            Quantifier.Exists => result.Positive > 0,
            Quantifier.NotExists => result.Positive == 0,
            Quantifier.Forall => result.Negative == 0,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        string kind = test.Quantifier switch
        {
            Quantifier.Exists => "Allowed",
            Quantifier.NotExists => "Forbidden",
            Quantifier.Forall => "Required",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Test {test.Name} {kind} ({Names.Of(Memory)})\n");
        text.Append(CultureInfo.InvariantCulture, $"States {result.Outcomes.Count}\n");
        foreach (Outcome outcome in result.Outcomes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{outcome.Count,-7}{(outcome.Holds ? '*' : ':')}>{outcome.State}\n");
        }

        text.Append(result.Complete ? holds ? "Ok\n" : "No\n" : "Stopped before the end\n");
        text.Append("Witnesses\n");
        text.Append(CultureInfo.InvariantCulture, $"Positive: {result.Positive} Negative: {result.Negative}\n");
        text.Append(CultureInfo.InvariantCulture, $"Condition {test.Question}\n");
        text.Append(CultureInfo.InvariantCulture, $"Observation {test.Name} {result.Observation} {result.Positive} {result.Negative}\n");
        if (Loses is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"Out of reach of this engine: {Loses}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"Time {test.Name} {Elapsed.TotalSeconds:0.00}s\n\n");
        return text.ToString();
    }

    /// <summary>One object on a line.</summary>
    internal string ToJson() => JsonLine.Of(json =>
    {
        json.WriteString("file", File);
        json.WriteString("name", Test!.Name);
        json.WriteString("memory", Names.Of(Memory));
        json.WriteStartArray("outcomes");
        foreach (Outcome outcome in Result!.Outcomes)
        {
            json.WriteStartObject();
            json.WriteString("state", outcome.State);
            json.WriteNumber("count", outcome.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("condition", Test.Question);
        json.WriteString("verdict", Result.Observation.ToString());
        json.WriteString("expected", Expected?.Verdict.ToString());
        if (Agrees is { } agrees)
        {
            json.WriteBoolean("agrees", agrees);
        }
        else
        {
            json.WriteNull("agrees");
        }

        json.WriteNumber("executions", Result.Executions);
        json.WriteBoolean("complete", Result.Complete);
        json.WriteString("loses", Loses);
        json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 6));
    }) + "\n";
}
