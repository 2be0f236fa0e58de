using System.Numerics;
using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Explore;

/// <summary>
/// Finds the simplest schedule that breaks the same guarantee: fewest preemptions, then fewest steps.
/// Bound after bound is searched to the end, merging equal states; the first bound with a violation
/// is searched for the shortest one. The result is never worse than what was given.
/// </summary>
public sealed class Minimiser
{
    private const long TransitionLimit = 3_000_000;

    /// <summary>The search is recursive; longer executions are shown as they were found.</summary>
    private const int LengthLimit = 4_000;

    private readonly SimMachine _machine;
    private readonly Action? _atEnd;
    private readonly string _guarantee;
    private readonly Func<Progress, bool>? _stop;
    private readonly Dictionary<(StateId State, int Last), (int Preemptions, int Depth)> _seen = [];
    private long _transitions;
    private int _bound;
    private int _bestLength;
    private Finding? _best;

    private Minimiser(SimMachine machine, Action? atEnd, string guarantee, Func<Progress, bool>? stop)
    {
        _stop = stop;
        _machine = machine;
        _atEnd = atEnd;
        _guarantee = guarantee;
    }

    /// <summary>Simplifies the schedule of a finding.</summary>
    /// <param name="world">The world in which it was found.</param>
    /// <param name="options">Memory model and sites taken away.</param>
    /// <param name="finding">What was found.</param>
    public static Finding Minimise(World world, ExploreOptions options, Finding finding)
    {
        if (finding.Schedule.Length > LengthLimit)
        {
            return finding;
        }

        Recording recording = Replayer.Run(world, options, finding.Schedule);
        Finding? best = Explorer.OnMachine(world, options, (machine, atEnd) =>
            new Minimiser(machine, atEnd, finding.Violation.Guarantee, options.Stop)
                .Search(recording.Preemptions, finding.Schedule.Length));
        return best ?? finding;
    }

    private Finding? Search(int preemptions, int length)
    {
        _machine.Start(undoable: true, collectRaces: false, hashing: true);
        for (_bound = 0; _bound <= preemptions && _best is null; _bound++)
        {
            _seen.Clear();
            _bestLength = _bound < preemptions ? int.MaxValue : length;
            Visit(-1, 0);
            if (_transitions >= TransitionLimit)
            {
                break;
            }
        }

        return _best;
    }

    private void Visit(int last, int preemptions)
    {
        if (_machine.Violation is not null)
        {
            Keep();
            return;
        }

        ulong enabled = _machine.Enabled();
        if (enabled == 0)
        {
            End();
            return;
        }

        if (_machine.StepCount + 1 >= _bestLength || _transitions >= TransitionLimit ||
            !IsNew(last, preemptions))
        {
            return;
        }

        bool lastIsEnabled = last >= 0 && (enabled & (1UL << last)) != 0;
        if (lastIsEnabled)
        {
            Take(last, last, preemptions);
            enabled &= ~(1UL << last);
        }

        for (; enabled != 0; enabled &= enabled - 1)
        {
            int process = BitOperations.TrailingZeroCount(enabled);
            bool isFlush = process >= _machine.FlusherBase;
            int cost = lastIsEnabled && !isFlush ? preemptions + 1 : preemptions;
            if (cost <= _bound)
            {
                Take(process, isFlush ? last : process, cost);
            }
        }
    }

    private void Take(int process, int last, int preemptions)
    {
        int alternatives = _machine.AlternativesOf(process);
        for (int alternative = 0; alternative < alternatives; alternative++)
        {
            if ((++_transitions & 4095) == 0 && _stop is not null &&
                _stop(new Progress(0, 0, _transitions, _machine.StepCount, 0)))
            {
                _transitions = TransitionLimit;
            }

            _machine.Step(process, alternative);
            Visit(last, preemptions);
            _machine.Undo();
        }
    }

    private bool IsNew(int last, int preemptions)
    {
        (StateId, int) key = (_machine.Identity(), last);
        int depth = _machine.StepCount;
        if (_seen.TryGetValue(key, out (int Preemptions, int Depth) earlier) &&
            earlier.Preemptions <= preemptions && earlier.Depth <= depth)
        {
            return false;
        }

        _seen[key] = (preemptions, depth);
        return true;
    }

    private void End()
    {
        if (!_machine.IsFinished())
        {
            Stuck.Report(_machine);
        }
        else
        {
            _atEnd?.Invoke();
        }

        if (_machine.Violation is not null)
        {
            Keep();
            _machine.ForgetViolation();
        }
    }

    private void Keep()
    {
        if (_machine.StepCount < _bestLength &&
            string.Equals(_machine.Violation!.Guarantee, _guarantee, StringComparison.Ordinal))
        {
            _bestLength = _machine.StepCount;
            _best = new Finding(_machine.Violation, Tally.Taken(_machine));
        }
    }
}
