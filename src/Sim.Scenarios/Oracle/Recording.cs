using System.Collections.Immutable;
using Sim.Scenarios.Oracle.Logs;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle;

/// <summary>How often something was seen under one way of running: "plain 200".</summary>
public readonly record struct Tally(string Condition, int Runs);

/// <summary>A log that was seen, and how often.</summary>
public sealed record Outcome
{
    /// <summary>From 1, in the order of the file.</summary>
    public required int Number { get; init; }

    /// <summary>In how many runs it was seen.</summary>
    public required int Seen { get; init; }

    /// <summary>In how many under each way of running.</summary>
    public required ImmutableArray<Tally> Tallies { get; init; }

    /// <summary>The log.</summary>
    public required ImmutableArray<LogEvent> Events { get; init; }
}

/// <summary>What a real kernel did with a script, as one file of <c>data/oracle/recordings</c> has it.</summary>
public sealed record Recording
{
    /// <summary>The scenario's name; also the file's.</summary>
    public required string Name { get; init; }

    /// <summary>Group of scenarios, such as "wait" or "jobctl".</summary>
    public required string Group { get; init; }

    /// <summary>The kernel that ran it.</summary>
    public required string Kernel { get; init; }

    /// <summary>Whether every run gave the same log.</summary>
    public required bool IsDeterministic { get; init; }

    /// <summary>Number of runs.</summary>
    public required int Runs { get; init; }

    /// <summary>Number of runs under each way of running.</summary>
    public required ImmutableArray<Tally> Tallies { get; init; }

    /// <summary>What happens, in prose. Names that only the log has are explained here.</summary>
    public required string Setup { get; init; }

    /// <summary>How 2.6.32 is known to differ, in prose; "same" if it is not.</summary>
    public required string EraNote { get; init; }

    /// <summary>What every task does.</summary>
    public required Script Script { get; init; }

    /// <summary>The logs that were seen, most frequent first.</summary>
    public required ImmutableArray<Outcome> Outcomes { get; init; }

    /// <summary>
    /// Whether it can be re-created without ptrace: no program traces, and no line of the log is about tracing.
    /// </summary>
    public bool IsUntraced => !Script.UsesPtrace
        && !Outcomes.Any(outcome => outcome.Events.Any(logged => logged is PtraceEvent or SiginfoEvent or EventMessageEvent));

    /// <summary>
    /// Names of tasks that the log has and the script has not, in order of appearance: so the children of
    /// <see cref="ForkHere"/> are called.
    /// </summary>
    public IEnumerable<string> NamesOnlyInLog => Outcomes[0].Events
        .SelectMany(logged => logged is WaitpidEvent { Task: string task } ? new[] { logged.Who, task } : [logged.Who])
        .Distinct(StringComparer.Ordinal)
        .Where(name => name is not "#" && !Script.TaskNames.Contains(name, StringComparer.Ordinal));

    /// <summary>The events of the file as text, outcome headers included.</summary>
    public string PrintEvents()
    {
        var text = new System.Text.StringBuilder();
        foreach (Outcome outcome in Outcomes)
        {
            if (!IsDeterministic)
            {
                string tallies = string.Join(", ", outcome.Tallies.Select(tally => $"{tally.Condition} {tally.Runs}"));
                text.Append(System.Globalization.CultureInfo.InvariantCulture,
                    $"## outcome {outcome.Number} of {Outcomes.Length}: seen {outcome.Seen}/{Runs} ({tallies})\n");
            }

            foreach (LogEvent logged in outcome.Events)
            {
                text.Append(logged.Line).Append('\n');
            }
        }

        return text.ToString();
    }
}
