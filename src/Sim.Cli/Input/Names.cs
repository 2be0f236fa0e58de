using Sim.Explore;
using Sim.Explore.Litmus;
using Sim.Machine.Memory;

namespace Sim.Cli.Input;

/// <summary>The names of memory models, strategies and variants, as typed and as printed.</summary>
internal static class Names
{
    private static readonly string[] s_memoryModels = ["sc", "tso", "power", "lkmm"];
    private static readonly string[] s_engines = ["operational", "axiomatic"];
    private static readonly string[] s_strategies = ["dpor", "dfs", "pct", "random", "pos", "portfolio", "states", "prefixes"];
    private static readonly string[] s_variants = ["a", "p", "b", "c", "d", "fixed"];

    /// <summary>The variant that is explored when none is named.</summary>
    internal const string ReferenceVariant = "b";

    /// <summary>The memory model of a name.</summary>
    internal static MemoryModel MemoryOf(string name)
    {
        string match = Match("memory model", name, s_memoryModels);
        return match switch
        {
            "sc" => MemoryModel.Sc,
            "tso" => MemoryModel.Tso,
            "power" => MemoryModel.Power,
            _ => MemoryModel.Lkmm,
        };
    }

    /// <summary>The memory model of a litmus run.</summary>
    internal static LitmusMemory LitmusMemoryOf(string name)
        => Enum.Parse<LitmusMemory>(Match("memory model", name, s_memoryModels), ignoreCase: true);

    /// <summary>The name of the memory model of a litmus run.</summary>
    internal static string Of(LitmusMemory memory) => s_memoryModels[(int)memory];

    /// <summary>Whether a name means the axiomatic engine.</summary>
    internal static bool IsAxiomatic(string name) => Match("engine", name, s_engines) is "axiomatic";

    /// <summary>The strategy of a name.</summary>
    internal static Strategy StrategyOf(string name) => Match("strategy", name, s_strategies) switch
    {
        "dpor" => Strategy.Dpor,
        "dfs" => Strategy.Dfs,
        "pct" => Strategy.Pct,
        "pos" => Strategy.Pos,
        "portfolio" => Strategy.Portfolio,
        "states" => Strategy.States,
        "prefixes" => Strategy.Prefixes,
        _ => Strategy.Random,
    };

    /// <summary>Whether a strategy draws schedules, and has no end of its own.</summary>
    internal static bool IsSampling(Strategy strategy)
        => strategy is Strategy.Pct or Strategy.Pos or Strategy.Random or Strategy.Portfolio;

    /// <summary>The variant of a name, in lower case.</summary>
    internal static string VariantOf(string name)
    {
        string[] present = [.. Scenarios.Catalogue.Variants.Select(variant => variant.Name)];
        string[] known = [.. s_variants.Union(present, StringComparer.Ordinal)];
        string match = Match("variant", name, known);
        return present.Contains(match, StringComparer.Ordinal)
            ? match
            : throw new UsageException(
                $"variant '{match}' is not available yet; use {string.Join(" or ", present)}");
    }

    /// <summary>The name of a memory model.</summary>
    internal static string Of(MemoryModel memory) => memory switch
    {
        MemoryModel.Sc => "sc",
        MemoryModel.Tso => "tso",
        MemoryModel.Power => "power",
        MemoryModel.Lkmm => "lkmm",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The name of a strategy.</summary>
    internal static string Of(Strategy strategy) => strategy switch
    {
        Strategy.Dpor => "dpor",
        Strategy.Dfs => "dfs",
        Strategy.Pct => "pct",
        Strategy.Random => "random",
        Strategy.Pos => "pos",
        Strategy.Portfolio => "portfolio",
        Strategy.States => "states",
        Strategy.Prefixes => "prefixes",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Match(string what, string name, string[] valid)
        => Array.Find(valid, candidate => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"unknown {what} {Quoted.Of(name)}{Nearest.Hint(name, valid)}");
}
