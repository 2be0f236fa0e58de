namespace Sim.EndToEnd;

/// <summary>A file in a folder of its own, both gone after the test.</summary>
internal sealed class TempFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sim-test-");

    /// <summary>Where the file is, or will be.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "trace.jsonl");

    /// <summary>The names of all files in the folder.</summary>
    public string?[] Names => [.. _folder.GetFiles().Select(file => file.Name)];

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
