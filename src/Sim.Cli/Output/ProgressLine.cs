using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Sim.Cli.Output;

/// <summary>One line on standard error that says how far an exploration is; on a terminal only.</summary>
/// <remarks>Under NO_COLOR and on a dumb terminal the line is plain: Spectre.Console sees to it.</remarks>
internal sealed class ProgressLine
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
    });

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _next = s_interval;
    private int _shown;

    private ProgressLine()
    {
    }

    /// <summary>The line, or null when nobody would see it or somebody does not want it.</summary>
    internal static ProgressLine? Make(bool wanted)
        => wanted && !Console.IsErrorRedirected ? new ProgressLine() : null;

    /// <summary>Shows how far it is, ten times a second at most.</summary>
    internal void Show(Explore.Progress progress)
    {
        if (_clock.Elapsed < _next)
        {
            return;
        }

        _next = _clock.Elapsed + s_interval;
        double rate = progress.Executions / _clock.Elapsed.TotalSeconds;
        string share = progress.Share > 0
            ? string.Create(CultureInfo.InvariantCulture, $", about {progress.Share * 100:0.##}% explored")
            : "";
        Put(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Executions} executions, {rate:0}/s, depth {progress.Depth}{share}"));
    }

    /// <summary>Shows how many of so many things are done, ten times a second at most.</summary>
    internal void Show(int done, int all, string what)
    {
        if (_clock.Elapsed >= _next)
        {
            _next = _clock.Elapsed + s_interval;
            Put(string.Create(CultureInfo.InvariantCulture, $"{done} of {all} {what}"));
        }
    }

    /// <summary>Takes the line away.</summary>
    internal void Clear()
    {
        if (_shown > 0)
        {
            Put("");
            Console.Error.Write('\r');
        }
    }

    private void Put(string text)
    {
        int width = Math.Max(20, _console.Profile.Width - 1);
        string line = text.Length > width ? text[..width] : text;
        Console.Error.Write('\r');
        _console.Write(new Text(line.PadRight(Math.Min(_shown, width)), new Style(foreground: Color.Grey)));
        _shown = line.Length;
    }
}
