using System.Collections.Immutable;
using Sim.Explore;
using Sim.Machine;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>A log that some schedules gave, and how many.</summary>
public sealed record ScriptLog(ImmutableArray<string> Lines, long Runs);

/// <summary>What the schedules of a script gave.</summary>
/// <param name="Logs">The different logs, the first seen first.</param>
/// <param name="Runs">Number of schedules.</param>
/// <param name="Problem">What broke, or what the interpreter cannot do; null if nothing.</param>
public sealed record ScriptResult(ImmutableArray<ScriptLog> Logs, long Runs, string? Problem);

/// <summary>Runs a script on the simulated kernel under many schedules.</summary>
public static class ScriptRun
{
    /// <summary>Steps after which an execution counts as one that does not end.</summary>
    private const int MostSteps = 200_000;

    /// <summary>Runs it once with as few switches as possible, then under random schedules.</summary>
    /// <param name="script">The script.</param>
    /// <param name="children">Names of the children of clones in place, in the order of their making; none for their variables'.</param>
    /// <param name="seed">Seed of the random schedules.</param>
    /// <param name="executions">Number of random schedules.</param>
    public static ScriptResult Run(Script script, ImmutableArray<string> children, ulong seed, long executions)
    {
        var logs = new Logs();
        World world = machine =>
        {
            var made = new ScriptWorld(machine, script, children);
            return () => logs.Add(made.Log.PeekLines());
        };
        var options = new ExploreOptions { MaxSteps = MostSteps, Seed = seed };
        ExploreResult first = Explorer.Run(world, options with { Strategy = Strategy.Dfs, Executions = 1 });
        ExploreResult result = first.Findings.Count > 0 || executions == 0
            ? first
            : Explorer.Run(world, options with { Strategy = Strategy.Random, Executions = executions });
        Finding? broken = result.Findings.Count > 0 ? result.Findings[0] : null;
        return new ScriptResult(logs.Seen(), logs.Runs, broken is null ? null : Say(broken.Violation));
    }

    private static string Say(Violation violation) => $"{violation.Guarantee}: {violation.Message}";

    private sealed class Logs
    {
        private readonly Dictionary<string, (ImmutableArray<string> Lines, long Runs)> _seen = new(StringComparer.Ordinal);
        private readonly List<string> _order = [];

        internal long Runs { get; private set; }

        internal void Add(IEnumerable<string> lines)
        {
            ImmutableArray<string> log = [.. lines];
            string key = string.Join('\n', log);
            if (_seen.TryAdd(key, (log, 0)))
            {
                _order.Add(key);
            }

            _seen[key] = (log, _seen[key].Runs + 1);
            Runs++;
        }

        internal ImmutableArray<ScriptLog> Seen() => [.. _order.Select(key => new ScriptLog(_seen[key].Lines, _seen[key].Runs))];
    }
}
