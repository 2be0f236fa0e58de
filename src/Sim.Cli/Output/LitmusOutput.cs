using System.Globalization;
using System.Threading;
using Sim.Cli.Input;

namespace Sim.Cli.Output;

/// <summary>Prints reports in the order of the files, whoever is ready first, and sums up.</summary>
internal sealed class LitmusOutput(LitmusChoice choice, int files)
{
    private readonly Lock _lock = new();
    private readonly LitmusReport?[] _waiting = new LitmusReport?[files];
    private readonly List<LitmusReport> _disagreeing = [];
    private readonly ProgressLine? _line = ProgressLine.Make(choice.HasProgress);
    private int _printed;
    private int _done;
    private int _run;
    private int _agreeing;
    private int _outOfReach;

    /// <summary>Whether a file could not be run.</summary>
    internal bool HasBadInput { get; private set; }

    /// <summary>Whether a result is not as expected.</summary>
    internal bool HasDisagreement => _disagreeing.Count > 0;

    /// <summary>Whether a test did not come to its end.</summary>
    internal bool IsCutShort { get; private set; }

    /// <summary>Takes a report; prints it when those before it have been printed.</summary>
    internal void Put(int number, LitmusReport report)
    {
        lock (_lock)
        {
            _waiting[number] = report;
            _done++;
            while (_printed < _waiting.Length && _waiting[_printed] is { } next)
            {
                Print(next);
                _waiting[_printed++] = null;
            }

            _line?.Show(_done, files, "tests");
        }
    }

    /// <summary>Prints what a person wants to know about all of them.</summary>
    internal void End()
    {
        _line?.Clear();
        if (choice.IsJson || files == 1)
        {
            return;
        }

        if (_disagreeing.Count > 0)
        {
            int width = _disagreeing.Max(report => report.File.Length);
            Console.Out.Write($"{"Disagreements".PadRight(width)}  memory  expected   found\n");
            foreach (LitmusReport report in _disagreeing)
            {
                string found = report.Result!.Observation == report.Expected!.Verdict
                    ? $"{report.Result.Observation}, other final states"
                    : report.Result.Observation.ToString();
                Console.Out.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.File.PadRight(width)}  {Names.Of(report.Memory),-6}  {report.Expected.Verdict,-9}  {found}\n"));
            }
        }

        Console.Out.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{_run} tests: {_agreeing} as expected, {_disagreeing.Count} not, {_outOfReach} out of reach, {_run - _agreeing - _disagreeing.Count - _outOfReach} without an expected verdict\n"));
    }

    private void Print(LitmusReport report)
    {
        if (report.Mistake is { } mistake)
        {
            HasBadInput = true;
            _line?.Clear();
            Console.Error.WriteLine(mistake);
            return;
        }

        IsCutShort |= report.Result is null ||
            (!report.Result.Complete && choice.Search.Strategy is Explore.Strategy.Dpor or Explore.Strategy.Dfs);
        if (report.Result is null)
        {
            return;
        }

        _run++;
        _agreeing += report.Agrees == true ? 1 : 0;
        _outOfReach += report is { Agrees: null, Loses: not null, Expected: not null } ? 1 : 0;
        if (report.Agrees == false)
        {
            _disagreeing.Add(report);
        }

        _line?.Clear();
        Console.Out.Write(choice.IsJson ? report.ToJson() : report.ToText());
    }
}
