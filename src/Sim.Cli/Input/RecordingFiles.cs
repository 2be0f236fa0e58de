using Sim.Scenarios.Oracle;

namespace Sim.Cli.Input;

/// <summary>Finds and reads the recordings that arguments name.</summary>
internal static class RecordingFiles
{
    /// <summary>The recordings of files and folders, those of a folder sorted; without any, those that sim carries.</summary>
    /// <exception cref="UsageException">One cannot be read, or is not a recording.</exception>
    internal static IReadOnlyList<(string File, Recording Recording)> Read(IReadOnlyList<string> paths)
        => paths.Count == 0
            ? [.. Recordings.Names().Select(name => (name + ".txt", Recordings.Read(name)!))]
            : [.. paths.SelectMany(Files).Select(file => (file, ReadOne(file)))];

    private static string[] Files(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [path] : throw new UsageException($"there is no file {Quoted.Of(path)}");
        }

        try
        {
            string[] files = [.. Directory.GetFiles(path, "*.txt").Order(StringComparer.Ordinal)];
            return files.Length > 0 ? files : throw new UsageException($"no recordings (*.txt) in {Quoted.Of(path)}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {Quoted.Of(path)}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static Recording ReadOne(string file)
    {
        try
        {
            return RecordingParser.Parse(File.ReadAllText(file), file);
        }
        catch (OracleFormatException mistake)
        {
            throw new UsageException(
                FormattableString.Invariant($"{mistake.File}:{mistake.Line}: {mistake.Problem}: {Quoted.Of(mistake.Text)}"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {Quoted.Of(file)}: {fault.Message.ReplaceLineEndings(" ")}");
        }
    }
}
