using System.Globalization;
using System.Text.Json;
using Sim.Machine.Tracing;

namespace Sim.Cli.Output;

/// <summary>The trace of a schedule: a header, a line for each event, and a last line that counts them.</summary>
internal static class TraceWriter
{
    /// <summary>The version of the form.</summary>
    internal const int Version = 1;

    /// <summary>The lines of the file.</summary>
    internal static IEnumerable<string> Lines(Violated violated)
    {
        yield return JsonLine.Of(json =>
        {
            json.WriteNumber("sim", Version);
            json.WriteString("token", violated.Token);
            WorldJson.Write(json, violated.World);
            json.WriteString("guarantee", violated.Violation?.Guarantee);
            json.WriteString("message", violated.Violation?.Message);
            json.WriteStartArray("fibers");
            foreach (string fiber in violated.Recording.Fibers)
            {
                json.WriteStringValue(fiber);
            }

            json.WriteEndArray();
        });
        foreach (TraceEvent item in violated.Recording.Events)
        {
            yield return JsonLine.Of(json => Write(json, item));
        }

        yield return string.Create(
            CultureInfo.InvariantCulture, $"{{\"end\":{violated.Recording.Events.Count}}}");
    }

    private static void Write(Utf8JsonWriter json, TraceEvent item)
    {
        json.WriteNumber("step", item.Step);
        json.WriteNumber("fiber", item.Fiber.Index);
        json.WriteString("op", item.Note is null ? item.Op.Kind.ToString().ToLowerInvariant() : "note");
        if (item.Op.Cell is { } cell)
        {
            json.WriteString("cell", cell.ToString());
            json.WriteString("old", cell.Show(item.Old));
            json.WriteString("new", cell.Show(item.New));
        }

        if (item.Buffered)
        {
            json.WriteBoolean("buffered", true);
        }

        if (item.Site is { } site)
        {
            json.WriteString("site", site.Name);
        }

        json.WriteString("text", item.Text);
    }
}
