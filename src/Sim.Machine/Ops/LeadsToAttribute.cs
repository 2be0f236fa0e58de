using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Sim.Machine.Processors;

namespace Sim.Machine.Ops;

/// <summary>
/// Marks a routine that ends where a fiber has to come to sooner or later: one that goes round inside it for
/// ever, or waits there for ever, never reaches that place, and a verdict says so.
/// </summary>
/// <param name="place">The place, as in "never reaches user mode".</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed partial class LeadsToAttribute(string place) : Attribute
{
    /// <summary>The place, as in "never reaches user mode".</summary>
    public string Place { get; } = place;

    /// <summary>The routines that a suspended fiber is in, for <see cref="PlacesAhead"/> later on.</summary>
    internal static ImmutableArray<Type> RoutinesOf(Fiber fiber)
    {
        ImmutableArray<Type>.Builder routines = ImmutableArray.CreateBuilder<Type>();
        for (Frame? frame = fiber.Top; frame is not null; frame = frame.Parent)
        {
            routines.Add(frame.Routine);
        }

        return routines.ToImmutable();
    }

    /// <summary>The places that somebody in these routines is on his way to. For verdicts: it looks at them by reflection.</summary>
    internal static ImmutableHashSet<string> PlacesAhead(ImmutableArray<Type> routines)
        => [.. routines.Select(PlaceOf).OfType<string>()];

    private static string? PlaceOf(Type stateMachine)
    {
        Match name = MethodName().Match(stateMachine.Name);
        return !name.Success ? null : stateMachine.DeclaringType?
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => string.Equals(method.Name, name.Groups["method"].Value, StringComparison.Ordinal))
            .Select(method => method.GetCustomAttribute<LeadsToAttribute>()?.Place)
            .FirstOrDefault(place => place is not null);
    }

    [GeneratedRegex("^<(?<method>[^>]+)>d__", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MethodName();
}
