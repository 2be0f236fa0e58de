using System.Diagnostics;
using System.Globalization;
using Sim.Explore.Estimates;
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

    /// <summary>How many executions an earlier run explored.</summary>
    internal long Before { get; set; }

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
        double rate = (progress.Executions - Before) / _clock.Elapsed.TotalSeconds;
        string ahead = progress.Estimate is { } estimate ? Ahead(estimate, progress.Executions)
            : progress.Share > 0 ? string.Create(CultureInfo.InvariantCulture, $", about {progress.Share * 100:0.##}% explored")
            : "";
        Put(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Executions} executions, {rate:0}/s, depth {progress.Depth}{ahead}"));
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

    /// <summary>One number if it is close, otherwise a range, with two digits that mean something.</summary>
    private string Ahead(Estimate estimate, long done)
        => estimate.IsClose
            ? $", of about {Round(estimate.Executions)}, {Time(estimate.Executions, done)} left"
            : $", of {Round(estimate.Low)} to {Round(estimate.High)}, {Time(estimate.Low, done)} to {Time(estimate.High, done)} left";

    private static string Round(double number)
    {
        double unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, number))) - 1));
        double rounded = Math.Round(number / unit) * unit;
        return rounded < 1e9
            ? rounded.ToString("0", CultureInfo.InvariantCulture)
            : rounded.ToString("0.0e+0", CultureInfo.InvariantCulture);
    }

    private string Time(double all, long done)
    {
        double seconds = Estimate.Left(all, done, Before, _clock.Elapsed).TotalSeconds;
        return seconds switch
        {
            < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
            < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
            < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0} h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} d"),
        };
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
