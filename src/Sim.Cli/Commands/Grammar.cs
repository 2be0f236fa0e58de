using System.CommandLine;
using Sim.Cli.Input;

namespace Sim.Cli.Commands;

/// <summary>The commands and how they are called.</summary>
internal static class Grammar
{
    private static readonly string[] s_planned = ["gdb", "serve"];

    /// <summary>Parses the arguments and runs the command that they name.</summary>
    /// <exception cref="UsageException">The arguments are wrong, or name something that is.</exception>
    internal static int Run(string[] arguments)
    {
        var root = new RootCommand("Linux tasks, signals and utrace under every schedule that matters.")
        {
            new ListCommand().Command,
            new ExploreCommand().Command,
            new ReplayCommand().Command,
            new MatrixCommand().Command,
            new MuseumCommand().Command,
            new OracleCommand().Command,
            new LitmusCommand().Command,
            new RunCommand().Command,
        };
        root.Directives.Clear();
        if (arguments.Length > 0 && s_planned.Contains(arguments[0], StringComparer.Ordinal))
        {
            throw new UsageException($"command '{arguments[0]}' is not available yet");
        }

        ParseResult parsed = root.Parse(RunCommand.KeepArguments(arguments), new ParserConfiguration
        {
            EnablePosixBundling = false,
            ResponseFileTokenReplacer = null,
        });
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            throw new UsageException(ParseErrors.FirstOf(parsed));
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
