using System.Globalization;
using System.Text.Json;
using Sim.Cli.Input;
using Sim.Scenarios.Museum;
using Sim.Scenarios.Museum.Pages;

namespace Sim.Cli.Output;

/// <summary>What <c>sim museum</c> says of an exhibit.</summary>
/// <param name="trial">What became of it.</param>
/// <param name="elapsed">How long it took, all strategies together.</param>
internal sealed class MuseumRow(Trial trial, TimeSpan elapsed)
{
    private readonly Violated? _violated = trial.Simplest is null ? null : Violated.Of(WorldOf(trial.Exhibit), trial.Simplest.Schedule);

    /// <summary>A row of the table.</summary>
    internal string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {trial.Exhibit.Name} | {Word()} | {Guarantee()} | {Names.Of(trial.Exhibit.Memory)} | {trial.Search.Executions} | " +
        $"{trial.Pct?.ToString(CultureInfo.InvariantCulture) ?? "-"} | {trial.Random?.ToString(CultureInfo.InvariantCulture) ?? "-"} | " +
        $"{_violated?.Recording.Steps.Count} | {elapsed.TotalSeconds:0.0} |");

    /// <summary>The same as properties.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        WriteHead(json, trial.Exhibit.Name, trial.Exhibit.Group, Word());
        json.WriteString("guarantee", trial.Simplest?.Violation.Guarantee);
        json.WriteString("memory", Names.Of(trial.Exhibit.Memory));
        json.WriteStartObject("executions");
        json.WriteNumber("dpor", trial.Search.Executions);
        WriteNumber(json, "pct", trial.Pct);
        WriteNumber(json, "random", trial.Random);
        json.WriteEndObject();
        WriteNumber(json, "steps", _violated?.Recording.Steps.Count);
        json.WriteString("token", _violated?.Token);
        json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
        json.WriteString("fixed", trial.Fixed.Verdict.ToString().ToLowerInvariant());
        json.WriteNumber("fixed executions", trial.Fixed.Executions);
    }

    /// <summary>What is said of an exhibit that is not shown.</summary>
    internal static void WriteAbsent(Utf8JsonWriter json, AbsentExhibit absent, string verdict)
    {
        WriteHead(json, absent.Name, absent.Group, verdict);
        json.WriteNull("guarantee");
        json.WriteNull("memory");
        json.WriteNull("executions");
        json.WriteNull("steps");
        json.WriteNull("token");
        json.WriteNull("seconds");
        json.WriteString("why", absent.Why);
    }

    private static void WriteHead(Utf8JsonWriter json, string name, ExhibitGroup group, string verdict)
    {
        json.WriteString("name", name);
        json.WriteString("group", MuseumPages.NameOf(group));
        json.WriteString("verdict", verdict);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static WorldChoice WorldOf(Exhibit exhibit) => WorldChoice.Resolve($"museum/{exhibit.Name}", [], null, null, []);

    private string Word() => trial.Verdict.ToString().ToLowerInvariant();

    private string Guarantee() => trial.Fixed.Findings.Count > 0
        ? $"fixed form: {trial.Fixed.Findings[0].Violation.Guarantee}"
        : trial.Simplest?.Violation.Guarantee ?? "";
}
