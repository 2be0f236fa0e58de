using Sim.Explore.Estimates;
using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <summary>Runs execution after execution, each chosen from its beginning to its end.</summary>
internal sealed class Sampling(SimMachine machine, Action? atEnd, ExploreOptions options, IChooser chooser)
{
    private const long DefaultExecutions = 10_000;

    private readonly Tally _tally = new(machine, atEnd, options);

    internal ExploreResult Run()
    {
        machine.Start(undoable: true, collectRaces: false, hashing: false);
        long limit = options.Executions ?? DefaultExecutions;
        Explored Share() => new((double)_tally.Executions / limit, 0);
        int longest = 0;
        int processes = 0;
        while (_tally.Executions < limit && !_tally.IsStopped)
        {
            chooser.Begin(machine, longest);
            bool ended = RunOne(Share);
            longest = Math.Max(longest, machine.StepCount);
            processes = Math.Max(processes, machine.AllFibers.Count * (machine.BuffersStores ? 2 : 1));
            if (ended)
            {
                _tally.CountExecution();
            }

            while (machine.StepCount > 0)
            {
                machine.Undo();
            }
        }

        Verdict verdict = _tally.Executions >= limit ? Verdict.Sampled : Verdict.Stopped;
        return _tally.Result(complete: false, verdict) with { Processes = processes };
    }

    private bool RunOne(Func<Explored> share)
    {
        while (true)
        {
            ulong enabled = machine.Enabled();
            if (enabled == 0 || (machine.Violation is not null && options.StopAtViolation))
            {
                return true;
            }

            if (machine.StepCount >= options.MaxSteps)
            {
                Stuck.ReportLong(machine);
                return true;
            }

            int process = chooser.Process(enabled);
            machine.Step(process, chooser.Alternative(machine.AlternativesOf(process)));
            _tally.Step(share);
            if (_tally.IsStopped)
            {
                return false;
            }
        }
    }
}
