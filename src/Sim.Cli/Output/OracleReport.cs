using System.Text;
using System.Text.Json;
using Sim.Scenarios.Oracle;
using Sim.Scenarios.Oracle.Running;

namespace Sim.Cli.Output;

/// <summary>How a comparison with a recording is told.</summary>
internal static class OracleReport
{
    /// <summary>One line, and the first difference below it.</summary>
    internal static string Text(Recording recording, RecordingResult result)
    {
        var text = new StringBuilder();
        text.Append($"{recording.Name}: {Word(result.Verdict)}");
        if (result.Verdict == RecordingVerdict.Agrees)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $" ({result.Runs} schedules)");
        }

        text.Append('\n');
        if (result.Difference is { Line: 0 } problem)
        {
            text.Append($"  {problem.Problem}\n");
        }
        else if (result.Difference is { } line)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"  line {line.Line} of the log\n");
            text.Append($"  expected: {line.Expected ?? "(the end)"}\n");
            text.Append($"  actual:   {line.Actual ?? "(the end)"}\n");
        }

        return text.ToString();
    }

    /// <summary>One object on a line.</summary>
    internal static string Json(string file, Recording recording, RecordingResult result) => JsonLine.Of(json =>
    {
        json.WriteString("file", file);
        json.WriteString("name", recording.Name);
        json.WriteString("group", recording.Group);
        json.WriteString("verdict", Word(result.Verdict));
        json.WriteStartArray("outcomes");
        foreach (long runs in result.Outcomes)
        {
            json.WriteNumberValue(runs);
        }

        json.WriteEndArray();
        json.WriteNumber("runs", result.Runs);
        WriteDifference(json, result.Difference);
    }) + "\n";

    private static void WriteDifference(Utf8JsonWriter json, RecordingDifference? difference)
    {
        if (difference is null)
        {
            json.WriteNull("difference");
            return;
        }

        json.WriteStartObject("difference");
        json.WriteNumber("line", difference.Line);
        json.WriteString("expected", difference.Expected);
        json.WriteString("actual", difference.Actual);
        json.WriteString("problem", difference.Problem);
        json.WriteEndObject();
    }

    private static string Word(RecordingVerdict verdict) => verdict switch
    {
        RecordingVerdict.Agrees => "agrees",
        RecordingVerdict.Differs => "differs",
        RecordingVerdict.NeedsPtrace => "needs ptrace",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
