using System.Globalization;
using System.Text;
using Sim.Machine.Tracing;

namespace Sim.Explore;

/// <summary>A property of a world does not hold; the message is made for the log of a test.</summary>
/// <param name="finding">What broke, by the simplest schedule that breaks it.</param>
/// <param name="message">The sentence, the schedule as a picture, and its token.</param>
public sealed class ViolatedException(Finding finding, string message) : Exception(message)
{
    /// <summary>What broke.</summary>
    public Finding Finding { get; } = finding;
}

/// <summary>
/// Explorations as tests: a world holds, or the test fails with what broke, a picture of the simplest
/// schedule, and a token that runs it again.
/// </summary>
/// <example>
/// <code>
/// [Fact]
/// public void Nothing_is_lost() => Check.Holds(machine =>
/// {
///     var queue = new LockFreeQueue(machine);
///     machine.Spawn("left", cpu => queue.Enqueue(cpu, 1));
///     machine.Spawn("right", cpu => queue.Enqueue(cpu, 2));
///     return () => Assert.Equal(2, queue.Count);
/// });
/// </code>
/// </example>
public static class Check
{
    private const string NoScenario = "test";

    /// <summary>
    /// Explores every schedule of a world, or what the options say. What the world returns is called at the end
    /// of each execution; an exception there, as from an assertion, is a violation too.
    /// </summary>
    /// <returns>What was explored.</returns>
    /// <exception cref="ViolatedException">Something broke, or the search ended before its end.</exception>
    public static ExploreResult Holds(World world, ExploreOptions? options = null)
    {
        ExploreOptions asked = options ?? new ExploreOptions();
        World judged = machine => Judged(machine, world(machine));
        ExploreResult result = Explorer.Run(judged, asked);
        if (result.Findings.Count == 0)
        {
            return result;
        }

        Finding simplest = Minimiser.Minimise(judged, asked, result.Findings[0]);
        throw new ViolatedException(simplest, Describe(judged, asked, simplest));
    }

    /// <summary>Runs the schedule of a token again, on the world and with the options with which it was found.</summary>
    /// <exception cref="TokenException">The token cannot be read.</exception>
    /// <exception cref="DivergenceException">The world has changed since.</exception>
    public static Recording Replay(World world, string token, ExploreOptions? options = null)
        => Replayer.Run(machine => Judged(machine, world(machine)), options ?? new ExploreOptions(), Token.Decode(token).Schedule);

    private static Action? Judged(Machine.SimMachine machine, Action? atEnd) => atEnd is null ? null : () =>
    {
        try
        {
            atEnd();
        }
        catch (Exception failure) when (failure is not Machine.SimulatorBugException)
        {
            machine.Violate("END", failure.Message.ReplaceLineEndings(" "));
        }
    };

    private static string Describe(World world, ExploreOptions options, Finding finding)
    {
        Recording recording = Replayer.Run(world, options, finding.Schedule);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{finding.Violation.Guarantee}: {finding.Violation.Message}");
        int width = recording.Fibers.Max(name => name.Length);
        string last = "";
        foreach (TraceEvent item in recording.Events.Where(item => item.Step >= 0))
        {
            string who = item.Fiber.Name;
            string shown = string.Equals(who, last, StringComparison.Ordinal) ? "" : who;
            text.AppendLine(CultureInfo.InvariantCulture, $"{item.Step + 1,5}  {shown.PadRight(width)}  {item.Text}");
            last = who;
        }

        var token = new Token(
            NoScenario,
            [],
            options.Memory.ToString(),
            NoScenario,
            [.. options.Without.Select(site => site.Name)],
            finding.Schedule,
            recording.EndState);
        return text.Append("replay: ").Append(token.Encode()).ToString();
    }
}
