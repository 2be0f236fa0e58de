using System.Text.Json;
using Sim.Cli.Input;

namespace Sim.Cli.Output;

/// <summary>Worlds and violations as JSON properties.</summary>
internal static class WorldJson
{
    /// <summary>Writes which world it is.</summary>
    internal static void Write(Utf8JsonWriter json, WorldChoice world)
    {
        json.WriteString("scenario", world.Scenario.Name);
        json.WriteStartObject("parameters");
        foreach ((string name, int value) in world.Values.Sorted)
        {
            json.WriteNumber(name, value);
        }

        json.WriteEndObject();
        json.WriteString("memory", Names.Of(world.Memory));
        json.WriteString("variant", world.Scenario.HasUtrace ? world.Variant : null);
        json.WriteStartArray("without");
        foreach (Machine.Memory.Site site in world.Without)
        {
            json.WriteStringValue(site.Name);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a violation as an element of an array.</summary>
    internal static void Write(Utf8JsonWriter json, Violated violated)
    {
        json.WriteStartObject();
        json.WriteString("guarantee", violated.Violation?.Guarantee);
        json.WriteString("message", violated.Violation?.Message);
        json.WriteString("token", violated.Token);
        json.WriteNumber("steps", violated.Recording.Steps.Count);
        json.WriteNumber("preemptions", violated.Recording.Preemptions);
        json.WriteEndObject();
    }
}
