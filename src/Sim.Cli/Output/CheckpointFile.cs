using System.Diagnostics;
using System.Text.Json;
using Sim.Cli.Input;
using Sim.Explore;

namespace Sim.Cli.Output;

/// <summary>
/// The state of a search in a file, replaced whole every few seconds, so that a search that is killed
/// loses no more than that.
/// </summary>
internal sealed class CheckpointFile
{
    private const int Version = 3;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly string _world;
    private readonly Stopwatch _sinceWritten = Stopwatch.StartNew();

    /// <summary>Short at first, so that a search that is killed early loses little too.</summary>
    private TimeSpan _interval = TimeSpan.FromMilliseconds(250);

    private CheckpointFile(string path, WorldChoice world)
    {
        _path = path;
        _world = world.Describe();
    }

    /// <summary>Whether it is time to write again.</summary>
    internal bool IsDue => _sinceWritten.Elapsed >= _interval;

    /// <summary>Makes sure that the file can be written.</summary>
    internal static CheckpointFile Open(string path, WorldChoice world)
    {
        using (WholeFile.Open("--checkpoint", path))
        {
            return new CheckpointFile(path, world);
        }
    }

    /// <summary>Replaces the file.</summary>
    internal void Write(SearchState state)
    {
        using WholeFile file = WholeFile.Open("--checkpoint", _path);
        file.Write([JsonSerializer.Serialize(new Content(Version, _world, state))]);
        _interval = _interval * 2 < s_longest ? _interval * 2 : s_longest;
        _sinceWritten.Restart();
    }

    /// <summary>Reads the state of a search of this world.</summary>
    internal static SearchState Read(string path, WorldChoice world)
    {
        Content? content;
        try
        {
            content = JsonSerializer.Deserialize<Content>(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--resume: cannot read {Quoted.Of(path)}");
        }
        catch (JsonException)
        {
            throw NotOne(path);
        }

        if (content is not { State: not null, World: not null })
        {
            throw NotOne(path);
        }

        if (content.Sim != Version)
        {
            throw new UsageException($"--resume: {Quoted.Of(path)} was written by another version of sim");
        }

        return string.Equals(content.World, world.Describe(), StringComparison.Ordinal)
            ? content.State
            : throw new UsageException($"--resume: {Quoted.Of(path)} is of another search: {content.World}");
    }

    private static UsageException NotOne(string path)
        => new($"--resume: {Quoted.Of(path)} is not a checkpoint, or it is cut short");

    private sealed record Content(int Sim, string World, SearchState State);
}
