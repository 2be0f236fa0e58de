using System.Numerics;
using Sim.Explore.Strategies.Parallel;

namespace Sim.Explore.Strategies;

/// <content>
/// Exploring planned branches ahead of their turn, on other threads. What a branch leads to below its last
/// step follows from the way there, so it may be found out at any time; what it plans above that is taken
/// over when its turn comes, if the place is as it was, and is found again otherwise.
/// </content>
internal sealed partial class PartialOrder
{
    /// <summary>A branch with fewer executions than this is not worth handing over.</summary>
    private const int WorthIt = 24;

    private readonly List<int> _way = [];
    private readonly List<int> _bestWay = [];
    private (long Executions, int Branches)[] _sizes = new (long, int)[256];
    private Errand? _errand;
    private SearchLevel[] _left = [];
    private long _nextOffer;

    /// <summary>Does an errand, on a machine of its own.</summary>
    /// <returns>What came of it; null when this cannot be done ahead.</returns>
    internal Outcome? Run(Errand errand)
    {
        while (_machine.StepCount > 0)
        {
            _machine.Undo();
        }

        _tree.Clear();
        _tally = new Tally(_machine, _atEnd, _options);
        (_errand, _left) = (errand, []);
        _levels[0] = Level.Fresh(0, WakeupTree.None);
        for (int depth = 0; depth < errand.Path.Count; depth++)
        {
            if (!Follow(errand.Path[depth], depth, isLast: depth == errand.Path.Count - 1))
            {
                return null;
            }
        }

        _floor = errand.Path.Count;
        bool isWhole = _tally.IsBroken || (!_machine.MakesChoices && Search(_floor));
        if ((!isWhole && !_tally.IsBroken && _left.Length == 0) || _machine.MakesChoices)
        {
            return null;
        }

        var grafts = new List<Graft>();
        for (int level = 0; level < _floor; level++)
        {
            _tree.CollectGrafts(_levels[level].Planned, level, [], grafts);
        }

        return new Outcome(_tally.Capture(0, _left), _tally.IsBroken, grafts);
    }

    private bool Follow(ErrandStep step, int depth, bool isLast)
    {
        MakeRoom(depth);
        ulong sleep = step.Sleep ?? _levels[depth].Sleep;
        for (ulong rest = step.Before; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            sleep |= _machine.IsEnabled(process) ? 1UL << process : 0;
        }

        if (!_machine.IsEnabled(step.Process) || _machine.AlternativesOf(step.Process) > 1)
        {
            return false;
        }

        ref Level level = ref _levels[depth];
        level = Level.Fresh(sleep, WakeupTree.None);
        Begin(ref level, step.Process, 0, isOpen: false);
        NoteAsleep(depth, sleep);
        int place = 0;
        level.Planned = _tree.Import(_machine, step.Planned, step.Branches, ref place);
        _tree.MarkOld(level.Planned);
        if (isLast)
        {
            Descend(depth, step.Process, 0, WakeupTree.None);
        }
        else
        {
            Enter(depth, step.Process, 0, WakeupTree.None);
        }

        return true;
    }

    /// <summary>Hands out the planned branch that promises most, if there is one.</summary>
    private void Offer(int depth)
    {
        if (_tally.Executions < _nextOffer || _machine.MakesChoices)
        {
            return;
        }

        _bestWay.Clear();
        int best = int.MaxValue;
        int divergence = -1;
        for (int level = 0; level < depth && level < best; level++)
        {
            _way.Clear();
            int before = best;
            FindBranch(_levels[level].Planned, level + 1, ref best);
            divergence = best < before ? level : divergence;
        }

        if (divergence < 0)
        {
            _nextOffer = _tally.Executions + 16;
            return;
        }

        int last = _bestWay[^1];
        _tree[last].Errand = new Errand(WayTo(divergence));
        _crew!.Offer(_tree[last].Errand!);
    }

    /// <summary>Looks for the planned branch that ends highest up; nobody must be at it.</summary>
    private void FindBranch(int head, int depth, ref int best)
    {
        if (depth >= best)
        {
            return;
        }

        for (int node = head; node != WakeupTree.None; node = _tree[node].NextSibling)
        {
            _way.Add(node);
            if (_tree[node].FirstChild != WakeupTree.None)
            {
                FindBranch(_tree[node].FirstChild, depth + 1, ref best);
            }
            else if (depth < best && _tree[node].Errand is null && PromisesEnough(depth))
            {
                best = depth;
                _bestWay.Clear();
                _bestWay.AddRange(_way);
            }

            _way.RemoveAt(_way.Count - 1);
        }
    }

    private bool PromisesEnough(int depth)
        => depth >= _sizes.Length || _sizes[depth].Branches < 4 ||
            _sizes[depth].Executions >= (long)WorthIt * _sizes[depth].Branches;

    private List<ErrandStep> WayTo(int divergence)
    {
        var steps = new List<ErrandStep>();
        for (int i = 0; i < divergence; i++)
        {
            steps.Add(StepOf(_levels[i].Process, _levels[i].Sleep, 0, _levels[i].Planned));
        }

        int head = _levels[divergence].Planned;
        ulong? sleep = _levels[divergence].Sleep;
        ulong before = 1UL << _levels[divergence].Process;
        foreach (int node in _bestWay)
        {
            for (; head != node; head = _tree[head].NextSibling)
            {
                before |= 1UL << _tree[head].Process;
            }

            steps.Add(StepOf(_tree[node].Process, sleep, before, _tree[node].NextSibling));
            head = _tree[node].FirstChild;
            (sleep, before) = (null, 0);
        }

        return steps;
    }

    private ErrandStep StepOf(int process, ulong? sleep, ulong before, int planned)
    {
        var plan = new List<PlannedStep>();
        int branches = _tree.Export(planned, plan);
        return new ErrandStep(process, sleep, before, branches, plan);
    }

    /// <summary>Takes over what came of an errand whose turn has come.</summary>
    /// <returns>Whether that was possible; otherwise the branch has to be explored.</returns>
    private bool TakeOver(ref int depth, int process, Errand errand)
    {
        if (_crew!.Collect(errand) is not { } outcome || !_tally.HasRoomFor(outcome.Counts) || !Fits(outcome.Grafts))
        {
            return false;
        }

        _tally.Add(outcome.Counts, outcome.IsBroken);
        if (outcome.IsBroken)
        {
            return true;
        }

        Plant(depth, outcome.Grafts);
        if (outcome.Counts.Levels.Count == 0)
        {
            Close(depth);
            return true;
        }

        Enter(depth, process, 0, WakeupTree.None);
        depth = Retake(depth + 1, outcome.Counts.Levels);
        _nextOffer = _tally.Executions + WorthIt;
        return true;
    }

    private bool Fits(IReadOnlyList<Graft> grafts)
    {
        foreach (Graft graft in grafts)
        {
            if (!_tree.Fits(_levels[graft.Level].Planned, graft))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Plans what an errand planned: goes back as far as that, and comes again.</summary>
    private void Plant(int depth, IReadOnlyList<Graft> grafts)
    {
        if (grafts.Count == 0)
        {
            return;
        }

        int lowest = grafts.Min(graft => graft.Level);
        while (_machine.StepCount > lowest)
        {
            _machine.Undo();
        }

        for (int i = lowest; i <= depth; i++)
        {
            ref Level level = ref _levels[i];
            if (i > lowest)
            {
                _tree.Refresh(_machine, level.Planned);
                NoteAsleep(i, level.Sleep);
            }

            foreach (Graft graft in grafts.Where(graft => graft.Level == i))
            {
                _tree.Graft(_machine, ref level.Planned, graft);
            }

            if (i < depth)
            {
                _machine.Step(level.Process, 0);
            }
        }
    }

    /// <summary>Notes how many executions a planned branch had.</summary>
    private void NoteSize(int depth, long executions)
    {
        if (depth >= _sizes.Length)
        {
            Array.Resize(ref _sizes, depth * 2);
        }

        _sizes[depth] = (_sizes[depth].Executions + executions, _sizes[depth].Branches + 1);
    }
}
