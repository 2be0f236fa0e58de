using System.CommandLine;

namespace Sim.Cli.Input;

/// <summary>The options that say which world is meant.</summary>
internal sealed class WorldOptions
{
    private readonly Argument<string> _scenario = new("SCENARIO")
    {
        Description = "name of a scenario; see 'sim list scenarios'",
    };

    private readonly Option<string> _memory = new("--memory")
    {
        Description = "memory model, in any case [default: the scenario's, mostly sc]",
        HelpName = "sc|tso|power|lkmm",
    };

    private readonly Option<string> _variant = new("--variant")
    {
        Description = "version of the utrace algorithm, in any case; see 'sim list variants' [default: the scenario's, mostly b]",
        HelpName = "VARIANT",
    };

    private readonly Option<string[]> _without = new("--without")
    {
        Description = "take a fence, lock or check away; repeatable; see 'sim list sites'",
        HelpName = "SITE",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "set a parameter of the scenario; repeatable; see 'sim list scenarios --json'",
        HelpName = "NAME=VALUE",
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_scenario);
        command.Add(_memory);
        command.Add(_variant);
        command.Add(_without);
        command.Add(_set);
    }

    /// <summary>The world that was asked for.</summary>
    internal WorldChoice Read(ParseResult parsed)
    {
        string scenario = parsed.GetRequiredValue(_scenario);
        ParseErrors.RefuseOption(parsed, scenario);
        return WorldChoice.Resolve(
            scenario,
            parsed.GetValue(_set) ?? [],
            parsed.GetValue(_memory),
            parsed.GetValue(_variant),
            parsed.GetValue(_without) ?? []);
    }
}
