using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sim.Cli.Output;

/// <summary>Writes a JSON object on one line.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The object with the properties that <paramref name="write"/> writes.</summary>
    internal static string Of(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
