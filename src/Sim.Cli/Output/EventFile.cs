using System.Diagnostics;
using System.Text.Json;
using Sim.Cli.Input;
using Sim.Explore;
using Sim.Explore.Estimates;

namespace Sim.Cli.Output;

/// <summary>
/// What happens during an exploration, as JSON objects, a line each, in a file that grows: for scripts and
/// for whoever shows progress in his own way. Standard output and standard error stay as they are.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly string _path;
    private readonly StreamWriter _writer;
    private TimeSpan _next;
    private long _before;

    private EventFile(string path)
    {
        _path = path;
        _writer = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read)) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>Begins the file, in place of one that was there.</summary>
    internal static EventFile Open(string path) => WholeFile.Open("--events", path, () => new EventFile(path));

    /// <summary>The exploration begins, or goes on from so many executions.</summary>
    internal void Begin(WorldChoice world, Search search)
    {
        _before = search.Options.Resume?.Executions ?? 0;
        Write("begin", json =>
        {
            WorldJson.Write(json, world);
            json.WriteString("strategy", Names.Of(search.Options.Strategy));
            json.WriteNumber("seed", search.Options.Seed);
            json.WriteNumber("jobs", search.Options.Jobs);
            json.WriteNumber("executions", _before);
        });
    }

    /// <summary>How far it is, twice a second at most.</summary>
    internal void Progress(Progress progress)
    {
        if (_clock.Elapsed < _next)
        {
            return;
        }

        _next = _clock.Elapsed + s_interval;
        Write("progress", json =>
        {
            json.WriteNumber("executions", progress.Executions);
            json.WriteNumber("blocked", progress.Blocked);
            json.WriteNumber("transitions", progress.Transitions);
            json.WriteNumber("depth", progress.Depth);
            json.WriteNumber("share", Math.Round(progress.Share, 6));
            if (progress.Estimate is { } estimate)
            {
                Write(json, estimate, progress.Executions);
            }
        });
    }

    /// <summary>The state of the search was written.</summary>
    internal void Checkpoint(SearchState state)
        => Write("checkpoint", json => json.WriteNumber("executions", state.Executions));

    /// <summary>The exploration ended; the object that <c>--json</c> prints.</summary>
    internal void End(ExploreReport report) => Write("end", report.WriteTo);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Write(Utf8JsonWriter json, Estimate estimate, long done)
    {
        json.WriteStartObject("estimate");
        json.WriteNumber("executions", Math.Round(estimate.Executions));
        json.WriteNumber("low", Math.Round(estimate.Low));
        json.WriteNumber("high", Math.Round(estimate.High));
        json.WriteBoolean("close", estimate.IsClose);
        json.WriteNumber("secondsLeft", Math.Round(Estimate.Left(estimate.Executions, done, _before, _clock.Elapsed).TotalSeconds, 3));
        json.WriteEndObject();
    }

    private void Write(string kind, Action<Utf8JsonWriter> rest)
    {
        try
        {
            _writer.WriteLine(JsonLine.Of(json =>
            {
                json.WriteString("event", kind);
                json.WriteNumber("at", Math.Round(_clock.Elapsed.TotalSeconds, 6));
                rest(json);
            }));
        }
        catch (IOException failure)
        {
            throw WholeFile.Unwritable("--events", _path, failure);
        }
    }
}
