using System.Globalization;
using System.Text.Json;
using Sim.Cli.Input;
using Sim.Explore;
using Sim.Scenarios;

namespace Sim.Cli.Output;

/// <summary>Why an exploration ended.</summary>
internal enum Ending
{
    /// <summary>By itself, or at the asked number of executions.</summary>
    Own,

    /// <summary>At its time limit.</summary>
    Time,

    /// <summary>Somebody pressed Ctrl-C.</summary>
    Interrupted,
}

/// <summary>An exploration that ended, and what can honestly be said about it.</summary>
internal sealed record ExploreReport
{
    /// <summary>The world.</summary>
    internal required WorldChoice World { get; init; }

    /// <summary>How it was searched.</summary>
    internal required Search Search { get; init; }

    /// <summary>What the explorer found.</summary>
    internal required ExploreResult Result { get; init; }

    /// <summary>The violations, as simple as they could be made.</summary>
    internal required IReadOnlyList<Violated> Violations { get; init; }

    /// <summary>Why it ended.</summary>
    internal required Ending Ending { get; init; }

    /// <summary>How long it took.</summary>
    internal required TimeSpan Elapsed { get; init; }

    private bool IsSampling => Names.IsSampling(Search.Options.Strategy);

    /// <summary>Whether every schedule was covered, with no bound.</summary>
    private bool IsComplete => Result.Complete && Search.Options is { Preemptions: null, Delays: null } && !IsSampling;

    /// <summary>What can be said: a random search that reached its limit has sampled what it was asked to.</summary>
    private Verdict Verdict => Result.Verdict == Verdict.Stopped && IsSampling && Ending == Ending.Time
        ? Verdict.Sampled
        : Result.Verdict;

    /// <summary>The exit status of the command.</summary>
    internal int ExitStatus => Ending == Ending.Interrupted ? Output.ExitStatus.Interrupted : Verdict switch
    {
        Verdict.Complete or Verdict.HoldsToBound or Verdict.Sampled => Output.ExitStatus.Clean,
        Verdict.Stopped => Output.ExitStatus.Limit,
        Verdict.Violated => Output.ExitStatus.Violation,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The verdict with its figures, and before it a picture of each violation.</summary>
    internal string ToText()
    {
        string pictures = string.Concat(Violations.Select(violated => violated.Text() + "\n"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            {pictures}{OutcomeLines()}{Sentence()} ({World.Describe()})
            {Figures()}, {Elapsed.TotalSeconds:0.00} s
            {Guarantee()}{CoverageTable()}
            """);
    }

    /// <summary>The sites of the world that were never passed.</summary>
    private IEnumerable<string> NeverPassed => (World.Scenario.HasUtrace ? Catalogue.Sites : World.Scenario.Sites)
        .Select(site => site.Name)
        .Except(Search.Options.Coverage!.Sites.Select(pair => pair.Key), StringComparer.Ordinal);

    private string OutcomeLines() => string.Concat(World.Outcomes.Texts.Select(text => text + "\n"));

    private string CoverageTable() => Search.Options.Coverage is not { } coverage ? "" : string.Concat(
    [
        $"\n{"times",12}  operation\n",
        .. coverage.Operations.Select(Line),
        $"\n{"times",12}  site\n",
        .. coverage.Sites.Select(Line),
        .. NeverPassed.Select(site => $"{"never",12}  {site}\n"),
    ]);

    private static string Line(KeyValuePair<string, long> pair)
        => string.Create(CultureInfo.InvariantCulture, $"{pair.Value,12}  {pair.Key}\n");

    private static void WriteCounts(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, long>> counts)
    {
        json.WriteStartArray(name);
        foreach ((string what, long times) in counts)
        {
            json.WriteStartObject();
            json.WriteString("name", what);
            json.WriteNumber("times", times);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What one run of PCT promises: a bound of the chance that it finds a bug of the depth aimed at.</summary>
    private double Promise
        => 1 / (Result.Processes * Math.Pow(Math.Max(1, Result.LongestExecution), Search.Options.PctDepth - 1));

    private bool HasPromise => Search.Options.Strategy == Strategy.Pct && Result.Processes > 0;

    private string Guarantee() => !HasPromise ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"a bug of depth {Search.Options.PctDepth} among {Result.Processes} processes in at most " +
        $"{Count(Result.LongestExecution, "step")} is found by a run with probability 1/(n k^(d-1)) = {Promise:0.##E+0} " +
        $"at least, by {Result.Executions} with {1 - Math.Pow(1 - Promise, Result.Executions):0.####}\n");

    private string Figures()
        => $"{Count(Result.Executions, "execution")}, {Result.Blocked} blocked, " +
            $"{Count(Result.Transitions, "transition")}, " +
            (Result.States > 0 ? $"{Count(Result.States, Search.Options.Strategy == Strategy.States ? "state" : "prefix")}, " : "") +
            $"longest execution {Count(Result.LongestExecution, "step")}";

    /// <summary>One object on one line.</summary>
    internal string ToJson() => JsonLine.Of(WriteTo);

    /// <summary>The fields of that object.</summary>
    internal void WriteTo(Utf8JsonWriter json)
    {
        WorldJson.Write(json, World);
        json.WriteString("strategy", Names.Of(Search.Options.Strategy));
        json.WriteNumber("seed", Search.Options.Seed);
        json.WriteNumber("executions", Result.Executions);
        json.WriteNumber("blocked", Result.Blocked);
        json.WriteNumber("transitions", Result.Transitions);
        json.WriteBoolean("complete", IsComplete);
        json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 6));
        json.WriteString("verdict", Word());
        json.WriteNumber("longest", Result.LongestExecution);
        if (Search.Options.Coverage is { } coverage)
        {
            json.WriteStartObject("coverage");
            WriteCounts(json, "operations", coverage.Operations);
            WriteCounts(json, "sites", [.. coverage.Sites, .. NeverPassed.Select(site => KeyValuePair.Create(site, 0L))]);
            json.WriteEndObject();
        }

        if (HasPromise)
        {
            json.WriteStartObject("guarantee");
            json.WriteNumber("depth", Search.Options.PctDepth);
            json.WriteNumber("processes", Result.Processes);
            json.WriteNumber("steps", Result.LongestExecution);
            json.WriteNumber("probability", Promise);
            json.WriteEndObject();
        }

        if (Result.States > 0)
        {
            json.WriteNumber("states", Result.States);
        }

        if (World.Outcomes.Texts is { Count: > 0 } outcomes)
        {
            json.WriteStartArray("outcomes");
            foreach (string outcome in outcomes)
            {
                json.WriteStringValue(outcome);
            }

            json.WriteEndArray();
        }

        WriteViolations(json);
    }

    private void WriteViolations(Utf8JsonWriter json)
    {
        json.WriteStartArray("violations");
        foreach (Violated violated in Violations)
        {
            WorldJson.Write(json, violated);
        }

        json.WriteEndArray();
    }

    private string Word() => Ending == Ending.Interrupted && Verdict != Verdict.Violated
        ? "interrupted"
        : Verdict switch
        {
            Verdict.Complete => "complete",
            Verdict.HoldsToBound => "bounded",
            Verdict.Sampled => "sampled",
            Verdict.Stopped => "stopped",
            Verdict.Violated => "violated",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private string Sentence() => Verdict switch
    {
        Verdict.Complete => "complete: holds for this world",
        Verdict.HoldsToBound => "holds up to this bound: every schedule with at most " +
            (Search.Options.Delays is int delays ? Count(delays, "delay") : Count(Search.Options.Preemptions ?? 0, "preemption")),
        Verdict.Sampled when Ending == Ending.Interrupted => $"interrupted: {SampledSchedules()}",
        Verdict.Sampled => $"sampled: {SampledSchedules()}",
        Verdict.Stopped => $"{Reason()}: nothing broke so far, and not every schedule was explored",
        Verdict.Violated => ViolatedSentence(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private string SampledSchedules()
        => $"{Count(Result.Executions, "schedule")} drawn with seed {Search.Options.Seed}, and nothing broke in them";

    private string ViolatedSentence()
    {
        string broken = string.Join(", ", Result.Findings.Select(finding => finding.Violation.Guarantee));
        string extent = IsComplete ? "; every schedule was explored"
            : Result.Complete && !IsSampling ? "; every schedule up to the bound was explored"
            : Search.Options.StopAtViolation || Ending == Ending.Own && IsSampling ? ""
            : $"; {Reason()}";
        return Search.Options.StopAtViolation
            ? $"violated: {broken}, in execution {Result.Executions}{extent}"
            : $"violated: {broken}, in {Result.Violating} of {Count(Result.Executions, "execution")}{extent}";
    }

    private string Reason() => Ending switch
    {
        Ending.Interrupted => "interrupted",
        Ending.Time => string.Create(
            CultureInfo.InvariantCulture, $"stopped by the limit of {Search.Time!.Value.TotalSeconds:0.###} s"),
        Ending.Own => $"stopped by the limit of {Count(Search.Options.Executions ?? 0, "execution")}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Count(long number, string what)
        => number == 1 ? $"1 {what}" : $"{number} {what}{(what.EndsWith('x') ? "es" : "s")}";
}
