using System.Runtime.CompilerServices;

namespace Sim.Unit.Repository;

/// <summary>Finds files of the checkout that the tests were built from.</summary>
internal static class Checkout
{
    /// <summary>Whether generated documents are to be written rather than compared: SIM_UPDATE=1.</summary>
    internal static bool IsUpdate
        => string.Equals(Environment.GetEnvironmentVariable("SIM_UPDATE"), "1", StringComparison.Ordinal);

    internal static string File(string path) => Path.Combine(Root(), path);

    /// <summary>Compares a document with what it should be; SIM_UPDATE=1 writes it.</summary>
    internal static void Expect(string path, string text)
    {
        string file = File(path);
        if (IsUpdate)
        {
            System.IO.File.WriteAllText(file, text);
        }

        Assert.True(System.IO.File.Exists(file), $"there is no {path}; SIM_UPDATE=1 writes it");
        Assert.Equal(text, System.IO.File.ReadAllText(file));
    }

    private static string Root([CallerFilePath] string here = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
