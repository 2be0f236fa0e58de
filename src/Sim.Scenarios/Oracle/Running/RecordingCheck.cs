using System.Collections.Immutable;
using Sim.Scenarios.Oracle.Logs;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>How the simulated kernel stands to a recording.</summary>
public enum RecordingVerdict
{
    /// <summary>Every schedule gave a recorded log, and every recorded log was given.</summary>
    Agrees,

    /// <summary>Something else was seen.</summary>
    Differs,

    /// <summary>The recording is about tracing.</summary>
    NeedsPtrace,
}

/// <summary>The first line that differs.</summary>
/// <param name="Line">Line of the log, from 1; 0 when the difference is no line.</param>
/// <param name="Expected">What the recording has; null for the end of the log.</param>
/// <param name="Actual">What the simulated kernel gave; null for the end of the log.</param>
/// <param name="Problem">What is wrong, in words.</param>
public sealed record RecordingDifference(int Line, string? Expected, string? Actual, string Problem);

/// <summary>The result of holding the simulated kernel against a recording.</summary>
/// <param name="Verdict">In one word.</param>
/// <param name="Runs">Number of schedules.</param>
/// <param name="Outcomes">How many schedules gave each outcome of the recording.</param>
/// <param name="Difference">What differs first; null if nothing does.</param>
public sealed record RecordingResult(
    RecordingVerdict Verdict, long Runs, ImmutableArray<long> Outcomes, RecordingDifference? Difference);

/// <summary>Holds the simulated kernel against a recording of a real one.</summary>
public static class RecordingCheck
{
    /// <summary>Runs the recording's script under many schedules and compares the logs.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="differences">Where 2.6.32 is known to differ.</param>
    /// <param name="seed">Seed of the schedules.</param>
    /// <param name="executions">Number of random schedules, besides a first one with as few switches as possible.</param>
    public static RecordingResult Run(
        Recording recording, IReadOnlyList<EraDifference> differences, ulong seed = 1, long executions = 200)
    {
        if (!recording.IsUntraced)
        {
            return new RecordingResult(RecordingVerdict.NeedsPtrace, 0, [], null);
        }

        EraDifference[] apply = [.. differences.Where(difference => difference.AppliesTo(recording.Name))];
        ImmutableArray<ImmutableArray<LogEvent>> expected =
            [.. recording.Outcomes.Select(outcome => outcome.Events.Where(logged => logged is not RemarkEvent).ToImmutableArray())];
        ScriptResult result = ScriptRun.Run(recording.Script, [.. recording.NamesOnlyInLog], seed, executions);
        var counts = new long[expected.Length];
        RecordingDifference? difference = null;
        foreach (ScriptLog log in result.Logs)
        {
            int given = expected.FindIndex(outcome => Compare(outcome, log.Lines, apply) is null);
            if (given >= 0)
            {
                counts[given] += log.Runs;
            }
            else
            {
                difference ??= Nearest(expected, log.Lines, apply);
            }
        }

        if (result.Problem is not null)
        {
            difference = new RecordingDifference(0, null, null, result.Problem);
        }
        else if (difference is null && Array.IndexOf(counts, 0) is var missing and >= 0)
        {
            difference = new RecordingDifference(
                0, null, null, FormattableString.Invariant($"no schedule of {result.Runs} gave outcome {missing + 1}"));
        }

        return new RecordingResult(
            difference is null ? RecordingVerdict.Agrees : RecordingVerdict.Differs, result.Runs, [.. counts], difference);
    }

    private static int FindIndex(this ImmutableArray<ImmutableArray<LogEvent>> outcomes, Predicate<ImmutableArray<LogEvent>> match)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (match(outcomes[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The difference to the outcome that agrees for the most lines.</summary>
    private static RecordingDifference Nearest(
        ImmutableArray<ImmutableArray<LogEvent>> expected, ImmutableArray<string> actual, EraDifference[] differences)
        => expected.Select(outcome => Compare(outcome, actual, differences)!).MaxBy(found => found.Line)!;

    private static RecordingDifference? Compare(
        ImmutableArray<LogEvent> expected, ImmutableArray<string> actual, EraDifference[] differences)
    {
        for (int i = 0; i < Math.Max(expected.Length, actual.Length); i++)
        {
            LogEvent? wanted = i < expected.Length ? expected[i] : null;
            string? line = i < actual.Length ? actual[i] : null;
            string? text = wanted is null ? null : LineOf(wanted, differences);
            if (!string.Equals(text, line, StringComparison.Ordinal))
            {
                return new RecordingDifference(i + 1, text, line, "another line");
            }
        }

        return null;
    }

    /// <summary>The line as 2.6.32 would have it; of a line with values that the header does not give, the format.</summary>
    private static string LineOf(LogEvent logged, EraDifference[] differences)
    {
        string text = logged is FormattedEvent formatted ? formatted.Format : logged.Text;
        foreach (EraDifference difference in differences)
        {
            text = difference.Rewrite(text) ?? text;
        }

        return $"{logged.Who,-3} {text}";
    }
}
