using Sim.Explore.Estimates;
using Sim.Machine;

namespace Sim.Explore;

/// <summary>Counts executions, runs the checks at their end, and remembers what broke.</summary>
internal sealed class Tally(SimMachine machine, Action? atEnd, ExploreOptions options)
{
    private readonly List<Finding> _findings = [];
    private long _violating;
    private long _nextPoll = 4096;
    private int _longest;
    private bool _wasCut;

    internal long Executions { get; private set; }

    internal long Blocked { get; private set; }

    internal long Transitions { get; private set; }

    internal bool IsStopped { get; private set; }

    /// <summary>Whether the state of the search is wanted.</summary>
    internal bool WantsCheckpoint { get; set; }

    /// <summary>Who estimates how many executions there will be, if anybody.</summary>
    internal Estimator? Estimator { get; init; }

    /// <summary>Whether a violation ended the exploration.</summary>
    internal bool IsBroken => IsStopped && HasViolation && options.StopAtViolation;

    internal bool HasViolation => _findings.Count > 0;

    /// <summary>Whether some access had more ways than were tried.</summary>
    private bool IsCut => _wasCut || machine.HasCutChoices;

    /// <summary>Counts a step; polls for an interruption now and then.</summary>
    internal void Step(Func<Explored> share)
    {
        if (++Transitions >= _nextPoll)
        {
            _nextPoll = Transitions + 4096;
            if (options.Stop is not null)
            {
                Explored explored = share();
                IsStopped |= options.Stop(new Progress(
                    Executions,
                    Blocked,
                    Transitions,
                    machine.StepCount,
                    explored.Share,
                    Estimator?.At(Executions, explored.Planned, Transitions, explored.Share)));
            }

            WantsCheckpoint |= options.WantsCheckpoint?.Invoke() == true;
        }
    }

    /// <summary>Goes on from earlier counts.</summary>
    internal void Restore(SearchState state)
    {
        Executions = state.Executions;
        Blocked = state.Blocked;
        Transitions = state.Transitions;
        _nextPoll = Transitions + 4096;
        _violating = state.Violating;
        _longest = state.Longest;
        _wasCut = state.IsCut;
        _findings.AddRange(state.Findings);
    }

    /// <summary>The counts, with the levels of a search.</summary>
    internal SearchState Capture(ulong world, IReadOnlyList<SearchLevel> levels) => new()
    {
        World = world,
        Lanes = machine.History.Lanes,
        Processes = [.. machine.Numbers.Known.Select(process => new StartedProcess(process.Parent, process.Child))],
        Levels = levels,
        Executions = Executions,
        Blocked = Blocked,
        Transitions = Transitions,
        Violating = _violating,
        Longest = _longest,
        IsCut = IsCut,
        Findings = [.. _findings],
    };

    /// <summary>Whether so many more executions keep below the limit.</summary>
    internal bool HasRoomFor(SearchState part) => options.Executions is not long limit || Executions + part.Executions < limit;

    /// <summary>Counts what another search has counted.</summary>
    /// <param name="part">Its counts.</param>
    /// <param name="isBroken">Whether a violation ended it.</param>
    internal void Add(SearchState part, bool isBroken)
    {
        Executions += part.Executions;
        Blocked += part.Blocked;
        Transitions += part.Transitions;
        _violating += part.Violating;
        _longest = Math.Max(_longest, part.Longest);
        IsStopped |= isBroken;
        _wasCut |= part.IsCut;
        foreach (Finding finding in part.Findings)
        {
            if (IsNew(finding.Violation))
            {
                _findings.Add(finding);
            }
        }
    }

    /// <summary>Counts an execution that was given up.</summary>
    internal void CountBlocked() => Blocked++;

    /// <summary>Counts an execution that reached its end, and checks it.</summary>
    internal void CountExecution()
    {
        if (machine.Violation is null)
        {
            Stuck.CheckEnd(machine, atEnd);
        }

        CountEnded();
        options.OnExecution?.Invoke(machine);
        if (options.Executions is long limit && Executions >= limit)
        {
            IsStopped = true;
        }
    }

    /// <summary>Counts an execution that ended, or that something broken ended early.</summary>
    internal void CountEnded()
    {
        Executions++;
        _longest = Math.Max(_longest, machine.StepCount);
        NoteViolation();
    }

    internal ExploreResult Result(bool complete, Verdict whenClean) => new()
    {
        Verdict = HasViolation ? Verdict.Violated
            : IsCut && whenClean is Verdict.Complete or Verdict.HoldsToBound ? Verdict.Stopped
            : whenClean,
        Executions = Executions,
        Blocked = Blocked,
        Transitions = Transitions,
        Complete = complete && !IsCut,
        Violating = _violating,
        Findings = _findings,
        LongestExecution = _longest,
    };

    private void NoteViolation()
    {
        if (machine.Violation is not { } violation)
        {
            return;
        }

        _violating++;
        if (IsNew(violation))
        {
            _findings.Add(new Finding(violation, Taken(machine)));
        }

        if (options.StopAtViolation)
        {
            IsStopped = true;
        }
    }

    private bool IsNew(Violation violation) => !_findings.Exists(finding => string.Equals(
        finding.Violation.Guarantee, violation.Guarantee, StringComparison.Ordinal));

    /// <summary>
    /// The schedule of the steps taken so far. It names processes by the order of their starts and as
    /// the smallest machine would, so it says nothing about the search that found it.
    /// </summary>
    internal static Schedule Taken(SimMachine machine)
    {
        int flusherBase = Explorer.SmallestFlusherBase(machine);
        var choices = new Choice[machine.StepCount];
        for (int i = 0; i < choices.Length; i++)
        {
            (int process, int alternative) = machine.StepAt(i);
            bool isFlush = process >= machine.FlusherBase;
            int place = machine.FiberAt(isFlush ? process - machine.FlusherBase : process).Place;
            choices[i] = new Choice(isFlush ? place + flusherBase : place, alternative);
        }

        return new Schedule(choices);
    }
}
