using System.Text.Json;
using Sim.Cli.Output;

namespace Sim.Cli.Input;

/// <summary>Reads the token out of a trace file, after making sure that the file is whole.</summary>
internal static class TraceReader
{
    /// <summary>The token in the header of a trace file.</summary>
    /// <exception cref="UsageException">It is no trace file, of another version, damaged, or cut short.</exception>
    internal static string TokenOf(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Read(path, stream);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"cannot read {Quoted.Of(path)}: " + failure.Message.ReplaceLineEndings(" "));
        }
    }

    private static string Read(string path, FileStream stream)
    {
        if (stream.Length == 0 || stream.ReadByte() != '{')
        {
            throw Mistake(path, stream.Length == 0 ? "is empty" : "is not a trace of sim");
        }

        stream.Seek(-1, SeekOrigin.End);
        bool endsInNewline = stream.ReadByte() == '\n';
        stream.Seek(0, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        string token = Header(path, reader.ReadLine()!);
        long events = -1;
        string last = "";
        for (string? line = reader.ReadLine(); line is not null; line = reader.ReadLine())
        {
            events++;
            last = line;
        }

        if (!endsInNewline || EndOf(last) is not long end)
        {
            throw Mistake(path, $"is cut short after line {events + 2}");
        }

        return end == events ? token : throw Mistake(path, $"has {events} events where its end says {end}");
    }

    private static string Header(string path, string line)
    {
        try
        {
            using var header = JsonDocument.Parse(line);
            JsonElement root = header.RootElement;
            if (!root.TryGetProperty("sim", out JsonElement version) || version.ValueKind != JsonValueKind.Number)
            {
                throw Mistake(path, "is not a trace of sim");
            }

            if (!version.TryGetInt32(out int number) || number != TraceWriter.Version)
            {
                throw Mistake(
                    path, $"is of version {version.GetRawText()}; this program reads {TraceWriter.Version}");
            }

            return root.TryGetProperty("token", out JsonElement token) && token.ValueKind == JsonValueKind.String
                ? token.GetString()!
                : throw Mistake(path, "has no token in its first line");
        }
        catch (JsonException)
        {
            throw Mistake(path, "is cut short or damaged in its first line");
        }
    }

    private static long? EndOf(string line)
    {
        try
        {
            using var last = JsonDocument.Parse(line);
            return last.RootElement.ValueKind == JsonValueKind.Object &&
                last.RootElement.TryGetProperty("end", out JsonElement end) &&
                end.ValueKind == JsonValueKind.Number && end.TryGetInt64(out long count)
                ? count
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static UsageException Mistake(string path, string what) => new($"trace file {Quoted.Of(path)} {what}");
}
