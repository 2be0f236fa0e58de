using System.CommandLine;
using System.CommandLine.Parsing;

namespace Sim.Cli.Input;

/// <summary>Says in one line what is wrong with arguments that could not be parsed.</summary>
internal static class ParseErrors
{
    /// <summary>The first mistake that a person would want to hear of.</summary>
    internal static string FirstOf(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string called = command is RootCommand ? "sim" : $"sim {command.Name}";
        IEnumerable<string> arguments = command.Arguments
            .SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).Select(token => token.Value);
        foreach (string token in arguments.Concat(parsed.UnmatchedTokens))
        {
            if (LooksLikeOption(token))
            {
                return UnknownOption(command, called, token);
            }
        }

        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            return command.Subcommands.Count > 0
                ? $"unknown command {Quoted.Of(token)}" +
                    Nearest.Hint(token, [.. command.Subcommands.Select(sub => sub.Name)])
                : $"unexpected argument {Quoted.Of(token)}; see '{called} --help'";
        }

        if (command.Subcommands.Count > 0)
        {
            return $"no command given; see '{called} --help'";
        }

        ParseError error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            OptionResult { Tokens.Count: 0 } option => $"option '{option.Option.Name}' needs a value",
            OptionResult option => $"option '{option.Option.Name}' is given more than once",
            ArgumentResult { Tokens.Count: 0 } or CommandResult when command.Arguments.Count > 0
                => $"'{called}' needs {command.Arguments[0].Name}; see '{called} --help'",
            _ => error.Message.ReplaceLineEndings(" "),
        };
    }

    /// <summary>Refuses an argument that is really an option nobody knows.</summary>
    internal static void RefuseOption(ParseResult parsed, string argument)
    {
        if (LooksLikeOption(argument))
        {
            Command command = parsed.CommandResult.Command;
            throw new UsageException(UnknownOption(command, $"sim {command.Name}", argument));
        }
    }

    private static bool LooksLikeOption(string token) => token.Length > 1 && token[0] == '-';

    private static string UnknownOption(Command command, string called, string token)
    {
        string name = token.Split('=', ':')[0];
        string? nearest = Nearest.Find(name, [.. command.Options.Select(option => option.Name)]);
        return $"unknown option {Quoted.Of(name)}" +
            (nearest is null ? $"; see '{called} --help'" : $"; did you mean '{nearest}'?");
    }
}
