using Sim.Cli.Input;
using Sim.Cli.Pictures;
using Sim.Explore;
using Sim.Machine;
using Sim.Scenarios;

namespace Sim.Cli.Output;

/// <summary>One schedule run again: what <c>explore</c> and <c>replay</c> say about it, in the same words.</summary>
internal sealed class Violated
{
    private Violated(WorldChoice world, Schedule schedule)
    {
        World = world;
        var options = new ExploreOptions { Memory = world.Memory, Without = world.Without };
        Recording = Replayer.Run(world.World, options, schedule);
        Token = new Token(
            world.Scenario.Name,
            [.. world.Values.Sorted],
            Names.Of(world.Memory),
            world.Variant,
            [.. world.Without.Select(site => site.Name)],
            schedule,
            Recording.EndState).Encode();
    }

    /// <summary>The world.</summary>
    internal WorldChoice World { get; }

    /// <summary>What happened, step by step.</summary>
    internal Recording Recording { get; }

    /// <summary>The schedule as one word.</summary>
    internal string Token { get; }

    /// <summary>What broke, or null.</summary>
    internal Violation? Violation => Recording.Violation;

    /// <summary>Runs a schedule that was found just now.</summary>
    internal static Violated Of(WorldChoice world, Schedule schedule) => new(world, schedule);

    /// <summary>Runs the schedule of a token.</summary>
    /// <exception cref="UsageException">The token cannot be read, or does not fit the world any more.</exception>
    internal static Violated Of(string text)
    {
        try
        {
            Token token = Explore.Token.Decode(text);
            WorldChoice world = WorldChoice.Resolve(
                token.Scenario,
                token.Parameters.Select(pair => $"{pair.Key}={pair.Value}"),
                token.Memory,
                Catalogue.Find(token.Scenario)?.HasUtrace == true ? token.Variant : null,
                token.Without);
            var again = new Violated(world, token.Schedule);
            return again.Recording.EndState == token.EndState
                ? again
                : throw new UsageException(
                    "the replay ends in another state than the token says; it was made by another version");
        }
        catch (TokenException mistake)
        {
            throw new UsageException($"{Quoted.Of(text)}: {mistake.Message}");
        }
        catch (DivergenceException mistake)
        {
            throw new UsageException(mistake.Message);
        }
    }

    /// <summary>The picture of the schedule, ending in the command that shows it again.</summary>
    internal string Text() => SchedulePicture.Draw(Recording, new Caption(
        World.Describe(),
        Catalogue.Guarantees.FirstOrDefault(known => string.Equals(
            known.Name, Violation?.Guarantee, StringComparison.Ordinal)).Sentence,
        Violation is not null && World.Scenario.Guarantees
            .Concat(Catalogue.Guarantees.Select(known => known.Name))
            .Contains(Violation.Guarantee, StringComparer.Ordinal),
        World.Without,
        Token));
}
