using System.Numerics;
using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Explore;

/// <summary>
/// Finds the simplest schedule that breaks the same guarantee: fewest preemptions, then fewest steps, then
/// fewest switches.
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
    private readonly Dictionary<(StateId State, int Last), (int Preemptions, int Depth, int Switches)> _seen = [];
    private long _transitions;
    private int _bound;
    private int _bestLength;
    private int _bestSwitches;
    private Finding? _best;

    private Minimiser(SimMachine machine, Action? atEnd, string guarantee, Func<Progress, bool>? stop)
    {
        _stop = stop;
        _machine = machine;
        _atEnd = atEnd;
        _guarantee = guarantee;
    }

    /// <summary>Simplifies the schedule of a finding; one that goes round for ever is short already.</summary>
    /// <param name="world">The world in which it was found.</param>
    /// <param name="options">Memory model and sites taken away.</param>
    /// <param name="finding">What was found.</param>
    public static Finding Minimise(World world, ExploreOptions options, Finding finding)
    {
        if (finding.Schedule.Length > LengthLimit || finding.Violation.Guarantee is "LIVELOCK" or "STARVATION")
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
            _bestSwitches = int.MaxValue;
            Visit(-1, new Cost(0, 0));
            if (_transitions >= TransitionLimit)
            {
                break;
            }
        }

        return _best;
    }

    private void Visit(int last, Cost cost)
    {
        if (_machine.Violation is not null)
        {
            Keep(cost.Switches);
            return;
        }

        ulong enabled = _machine.Enabled();
        if (enabled == 0)
        {
            End(cost.Switches);
            return;
        }

        if (!CanImprove(_machine.StepCount + 1, cost.Switches) || _transitions >= TransitionLimit ||
            !IsNew(last, cost))
        {
            return;
        }

        bool lastIsEnabled = last >= 0 && (enabled & (1UL << last)) != 0;
        if (lastIsEnabled)
        {
            Take(last, last, cost);
            enabled &= ~(1UL << last);
        }

        for (; enabled != 0; enabled &= enabled - 1)
        {
            int process = BitOperations.TrailingZeroCount(enabled);
            bool isFlush = process >= _machine.FlusherBase;
            Cost next = isFlush || process == last
                ? cost
                : new Cost(cost.Preemptions + (lastIsEnabled ? 1 : 0), cost.Switches + 1);
            if (next.Preemptions <= _bound)
            {
                Take(process, isFlush ? last : process, next);
            }
        }
    }

    private void Take(int process, int last, Cost cost)
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
            Visit(last, cost);
            _machine.Undo();
        }
    }

    private bool IsNew(int last, Cost cost)
    {
        (StateId, int) key = (_machine.Identity(), last);
        int depth = _machine.StepCount;
        if (_seen.TryGetValue(key, out (int Preemptions, int Depth, int Switches) earlier) &&
            earlier.Preemptions <= cost.Preemptions && earlier.Depth <= depth && earlier.Switches <= cost.Switches)
        {
            return false;
        }

        _seen[key] = (cost.Preemptions, depth, cost.Switches);
        return true;
    }

    private void End(int switches)
    {
        Stuck.CheckEnd(_machine, _atEnd);
        if (_machine.Violation is not null)
        {
            Keep(switches);
            _machine.ForgetViolation();
        }
    }

    private bool CanImprove(int length, int switches)
        => length < _bestLength || (length == _bestLength && switches < _bestSwitches);

    private void Keep(int switches)
    {
        if (CanImprove(_machine.StepCount, switches) &&
            string.Equals(_machine.Violation!.Guarantee, _guarantee, StringComparison.Ordinal))
        {
            _bestLength = _machine.StepCount;
            _bestSwitches = switches;
            _best = new Finding(_machine.Violation, Tally.Taken(_machine));
        }
    }

    private readonly record struct Cost(int Preemptions, int Switches);
}
