using System.CommandLine;
using System.Text.Json;
using Sim.Cli.Input;
using Sim.Cli.Output;
using Sim.Machine.Memory;
using Sim.Scenarios;
using Sim.Scenarios.Matrix;

namespace Sim.Cli.Commands;

/// <summary><c>sim matrix</c>: takes every fence, lock and check away, one row each, and says what catches it.</summary>
internal sealed class MatrixCommand
{
    private static readonly MemoryModel[] s_models = [MemoryModel.Sc, MemoryModel.Tso, MemoryModel.Lkmm, MemoryModel.Power];

    private readonly Option<bool> _json = new("--json") { Description = "print one JSON object per row, a line each" };

    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "print what one memory model catches instead: sc, tso, power or lkmm",
        HelpName = "MODEL",
    };

    internal MatrixCommand()
    {
        Command = new Command("matrix", "take every site away and print which monitor catches it") { _json, _memory };
        Command.SetAction(Run);
    }

    /// <summary>The command, for the grammar.</summary>
    internal Command Command { get; }

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        if (parsed.GetValue(_memory) is { } name)
        {
            return Run(Names.MemoryOf(name), json);
        }

        if (!json)
        {
            Console.Out.WriteLine($"| row | site taken away | {string.Join(" | ", s_models.Select(Names.Of))} | world |");
            Console.Out.WriteLine($"|---|---|{string.Concat(s_models.Select(_ => "---|"))}---|");
        }

        bool differs = false;
        foreach (SiteRow row in SiteMatrix.Shown)
        {
            string[] found = [.. s_models.Select(
                memory => SiteMatrix.Broken(row.Sites, row.World, memory, row.Variant, SiteMatrix.Limit(memory)))];
            string[] expected = [.. s_models.Select(row.Expected)];
            bool agrees = found.SequenceEqual(expected, StringComparer.Ordinal);
            differs |= !agrees;
            Console.Out.WriteLine(json
                ? Json(row.Sites, writer =>
                {
                    writer.WriteString("world", row.World);
                    writer.WriteString("variant", row.Variant);
                    foreach ((MemoryModel memory, string guarantee) in s_models.Zip(found))
                    {
                        writer.WriteString(Names.Of(memory), guarantee);
                    }

                    writer.WriteBoolean("agrees", agrees);
                })
                : $"| {RowOf(row.Sites)} | {row.Sites.Replace(",", " + ", StringComparison.Ordinal)} | " +
                    $"{string.Join(" | ", found.Select(Show))} | {row.World}" +
                    $"{(agrees ? "" : $" (expected {string.Join(", ", expected.Select(Show))})")} |");
        }

        foreach (SilentSite silent in SiteMatrix.Silent)
        {
            Console.Out.WriteLine(json
                ? Json(silent.Site, writer => writer.WriteString("why", silent.Why))
                : $"| {RowOf(silent.Site)} | {silent.Site} | {string.Join(" | ", s_models.Select(_ => "not caught"))} | {silent.Why} |");
        }

        return differs ? ExitStatus.Violation : ExitStatus.Clean;
    }

    /// <summary>One model, without expected answers: "?" is a search that was given up.</summary>
    private static int Run(MemoryModel memory, bool json)
    {
        if (!json)
        {
            Console.Out.WriteLine($"| row | site taken away | {Names.Of(memory)} | world |");
            Console.Out.WriteLine("|---|---|---|---|");
        }

        foreach (SiteRow row in SiteMatrix.Shown)
        {
            string found = SiteMatrix.Broken(row.Sites, row.World, memory, row.Variant, SiteMatrix.MostExecutions);
            Console.Out.WriteLine(json
                ? Json(row.Sites, writer =>
                {
                    writer.WriteString("world", row.World);
                    writer.WriteString("variant", row.Variant);
                    writer.WriteString(Names.Of(memory), found);
                })
                : $"| {RowOf(row.Sites)} | {row.Sites.Replace(",", " + ", StringComparison.Ordinal)} | {Show(found)} | {row.World} |");
        }

        return ExitStatus.Clean;
    }

    private static string Json(string sites, Action<Utf8JsonWriter> rest) => JsonLine.Of(writer =>
    {
        writer.WriteStartArray("sites");
        foreach (string site in sites.Split(','))
        {
            writer.WriteStringValue(site);
        }

        writer.WriteEndArray();
        rest(writer);
    });

    private static string RowOf(string sites)
        => Catalogue.Sites.First(site => string.Equals(site.Name, sites.Split(',')[0], StringComparison.Ordinal)).Row;

    private static string Show(string guarantee) => guarantee.Length == 0 ? "clean" : guarantee;
}
