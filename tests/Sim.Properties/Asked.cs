using System.Globalization;

namespace Sim.Properties;

/// <summary>What the environment asks of the tests that try seeds one after the other: SIM_SEED and SIM_TESTS.</summary>
internal static class Asked
{
    /// <summary>The first seed.</summary>
    internal static int Seed(int otherwise) => Number("SIM_SEED") ?? otherwise;

    /// <summary>How many.</summary>
    internal static int Tests(int otherwise) => Number("SIM_TESTS") ?? otherwise;

    private static int? Number(string name)
        => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int asked) ? asked : null;
}
