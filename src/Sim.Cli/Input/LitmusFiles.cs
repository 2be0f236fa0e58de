namespace Sim.Cli.Input;

/// <summary>Finds the litmus tests that arguments name.</summary>
internal static class LitmusFiles
{
    /// <summary>Files as given, and the tests of folders and the folders in them, sorted.</summary>
    /// <exception cref="UsageException">One is not there, or a folder has no test.</exception>
    internal static IReadOnlyList<string> Find(IReadOnlyList<string> paths) => [.. paths.SelectMany(FilesOf)];

    private static string[] FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [path] : throw new UsageException($"there is no file {Quoted.Of(path)}");
        }

        try
        {
            string[] files =
            [
                .. Directory.GetFiles(path, "*.litmus", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
            ];
            return files.Length > 0 ? files : throw new UsageException($"no litmus tests (*.litmus) in {Quoted.Of(path)}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {Quoted.Of(path)}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
