using System.Numerics;
using Sim.Explore.Strategies.Parallel;
using Sim.Machine.Races;

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

    /// <summary>So many planned branches of one node are looked at when one is to be handed over.</summary>
    private const int Looked = 256;

    private readonly List<int> _way = [];
    private readonly List<int> _bestWay = [];
    private (long Executions, int Branches)[] _sizes = new (long, int)[256];
    private Errand? _errand;
    private Notebook? _notebook;
    private SearchLevel[] _left = [];
    private long _nextOffer;
    private int _visited;

    /// <summary>Does an errand, on a machine of its own.</summary>
    /// <returns>What came of it; null when this cannot be done ahead.</returns>
    internal Outcome? Run(Errand errand)
    {
        GoBack(0);
        _tree.Clear();
        _tally = new Tally(_machine, _atEnd, _options);
        (_errand, _left) = (errand, []);
        _floor = errand.Path.Count;
        _notebook = new Notebook(_machine, _floor - 1);
        _levels[0] = Level.Fresh(0, WakeupTree.None);
        for (int depth = 0; depth < errand.Path.Count; depth++)
        {
            if (!Follow(errand.Path[depth], depth, isLast: depth == errand.Path.Count - 1))
            {
                return null;
            }
        }

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

        return new Outcome(
            _tally.Capture(0, _left), _tally.IsBroken, grafts, _notebook.Races, _notebook.Executions);
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
        level.Planned = _tree.Paste(step.Planned, isOld: true);
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
        _visited = 0;
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
            _nextOffer = _tally.Executions + 16 + (_visited / 64);
            return;
        }

        int last = _bestWay[^1];
        List<ErrandStep> way = WayTo(divergence);
        _nextOffer = _tally.Executions + (_visited / 64);
        _tree[last].Errand = new Errand(way);
        _crew!.Offer(_tree[last].Errand!);
    }

    /// <summary>Looks for the planned branch that ends highest up; nobody must be at it.</summary>
    private void FindBranch(int head, int depth, ref int best)
    {
        if (depth >= best)
        {
            return;
        }

        int looked = 0;
        for (int node = head; node != WakeupTree.None && looked < Looked; node = _tree[node].NextSibling)
        {
            looked++;
            _visited++;
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
            ref Level level = ref _levels[i];
            level.Copy ??= CopyOf(level.Planned);
            steps.Add(new ErrandStep(level.Process, level.Sleep, 0, level.Copy));
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

            steps.Add(new ErrandStep(_tree[node].Process, sleep, before, CopyOf(_tree[node].NextSibling)));
            head = _tree[node].FirstChild;
            (sleep, before) = (null, 0);
        }

        return steps;
    }

    private List<CopiedStep> CopyOf(int planned)
    {
        var copy = new List<CopiedStep>();
        _tree.Copy(planned, copy);
        _visited += copy.Count;
        return copy;
    }

    /// <summary>Takes over what came of an errand whose turn has come.</summary>
    /// <returns>Whether that was possible; otherwise the branch has to be explored.</returns>
    private bool TakeOver(ref int depth, int process, Errand errand)
    {
        Outcome? outcome = _crew is null ? errand.Outcome : _crew.Collect(errand);
        if (outcome is null || !_tally.HasRoomFor(outcome.Counts))
        {
            return false;
        }

        outcome = Revive(outcome);
        if (outcome is null)
        {
            return false;
        }

        int[] crowded = Crowded(outcome.Grafts);
        if (crowded.Length > 0 && outcome.Races is null)
        {
            return false;
        }

        _tally.Add(outcome.Counts, outcome.IsBroken);
        if (outcome.IsBroken)
        {
            return true;
        }

        foreach (Graft graft in outcome.Grafts.Where(graft => !crowded.Contains(graft.Level)))
        {
            _tree.Plant(ref _levels[graft.Level].Planned, graft);
            _levels[graft.Level].Copy = null;
        }

        PlanAgain(depth, outcome, crowded);
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

    /// <summary>The levels where something else was planned meanwhile at a place where the errand planned something.</summary>
    private int[] Crowded(IReadOnlyList<Graft> grafts)
        => [.. grafts.Where(graft => !_tree.Fits(_levels[graft.Level].Planned, graft)).Select(graft => graft.Level).Distinct()];

    /// <summary>Takes executions of an errand again and plans the reversals of their races at some levels.</summary>
    private void PlanAgain(int depth, Outcome outcome, int[] levels)
    {
        if (levels.Length == 0)
        {
            return;
        }

        int taken = -1;
        foreach (RaceAhead race in outcome.Races!)
        {
            if (!levels.Contains(race.Level))
            {
                continue;
            }

            byte[] steps = outcome.Executions[race.Execution];
            if (race.Execution != taken)
            {
                GoBack(depth);
                foreach (byte step in steps)
                {
                    _machine.Step(step, 0);
                }

                taken = race.Execution;
            }

            PlanAgain(race);
        }

        GoBack(depth);
    }

    private void PlanAgain(RaceAhead race)
    {
        History history = _machine.History;
        (int count, int accesses) = (history.Count, history.AccessCount);
        int second = race.Second >= 0 ? race.Second : OpenBlocked(_machine.FiberAt(-1 - race.Second));
        Reverse(ref history.Races[history.Events[second].FirstRace + race.Number], count);
        history.RollBack(count, accesses);
    }

    private void GoBack(int depth)
    {
        while (_machine.StepCount > depth)
        {
            _machine.Undo();
        }

        _kept = Math.Min(_kept, depth);
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
