using System.Globalization;
using System.Text.RegularExpressions;
using Sim.Explore;
using Sim.Machine.Memory;
using Sim.Scenarios;
using Sim.Unit.Scenarios;

namespace Sim.Unit.Repository;

/// <summary>
/// The tables of counts in docs/exploration.md are explored again: rows that take a moment in every run,
/// all of them under SIM_UPDATE=1, which writes what it finds, row by row, the short ones first.
/// </summary>
public sealed partial class CountTable
{
    /// <summary>A row is checked in every run if neither of its searches takes more transitions.</summary>
    private const long Cheap = 60_000;

    /// <summary>A search that takes more is not part of the table.</summary>
    private const long Most = 15_000_000;

    private const string Page = "docs/exploration.md";

    [Fact]
    public void Counts_are_those_of_the_searches()
    {
        Row[] rows = [.. Rows().OrderBy(row => row.Cost)];
        Assert.True(rows.Length > 50, $"{rows.Length} rows");
        int explored = 0;
        foreach (Row row in rows.Where(row => Checkout.IsUpdate || row.Cost <= Cheap))
        {
            Row found = row with { Sc = Cell(row.World, MemoryModel.Sc), Tso = Cell(row.World, MemoryModel.Tso) };
            explored++;
            if (Checkout.IsUpdate && found != row)
            {
                string file = Checkout.File(Page);
                File.WriteAllText(file, File.ReadAllText(file).Replace(row.Text, found.Text, StringComparison.Ordinal));
            }
            else
            {
                Assert.Equal(row.Text, found.Text);
            }
        }

        Assert.True(explored > 25, $"only {explored} rows are cheap");
    }

    [Fact]
    public void Every_scenario_is_in_a_table_with_two_and_three_engines_where_it_can_have_them()
    {
        string[] worlds = [.. Rows().Select(row => row.World)];
        foreach (Scenario scenario in Catalogue.Scenarios.Where(scenario => !scenario.Name.StartsWith("yardstick/", StringComparison.Ordinal)))
        {
            Assert.Contains(scenario.Name, worlds, StringComparer.Ordinal);
            foreach (Parameter engines in scenario.Parameters.Where(parameter => parameter.Name is "engines" or "attachers" or "tracers"))
            {
                for (int n = Math.Max(2, engines.Least); n <= Math.Min(3, engines.Most); n++)
                {
                    Assert.Contains(n == engines.Default ? scenario.Name : $"{scenario.Name} {engines.Name}={n}", worlds, StringComparer.Ordinal);
                }
            }
        }
    }

    private static string Cell(string world, MemoryModel memory)
    {
        ExploreResult result = Explorer.Run(
            Worlds.Parse(world),
            Worlds.Options(memory) with { StopAtViolation = false, Stop = progress => progress.Transitions > Most });
        return !result.Complete
            ? "too large"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Executions:N0} / {result.Blocked:N0} / {result.Transitions:N0}") +
                (result.Violating == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {result.Violating:N0} violating"));
    }

    private static IEnumerable<Row> Rows() => File.ReadLines(Checkout.File(Page))
        .Select(line => Line().Match(line))
        .Where(match => match.Success && Catalogue.Find(match.Groups["world"].Value.Split(' ')[0]) is not null)
        .Select(match => new Row(match.Groups["world"].Value, match.Groups["sc"].Value, match.Groups["tso"].Value));

    [GeneratedRegex(@"^\| `(?<world>[a-z][^`]*)` \| (?<sc>[^|]*) \| (?<tso>[^|]*) \|$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Line();

    private sealed record Row(string World, string Sc, string Tso)
    {
        internal string Text => $"| `{World}` | {Sc} | {Tso} |";

        /// <summary>Transitions of the longer search; very many if that is not known.</summary>
        internal long Cost => Math.Max(Transitions(Sc), Transitions(Tso));

        private static long Transitions(string cell)
        {
            string[] counts = cell.Split(" / ");
            return counts.Length == 3 && long.TryParse(
                counts[2].Split(", ")[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long transitions)
                ? transitions
                : long.MaxValue;
        }
    }
}
