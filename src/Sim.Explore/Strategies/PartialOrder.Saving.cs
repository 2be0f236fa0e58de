using Sim.Explore.Strategies.Parallel;
using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <content>The state of a search as plain data, and how a search goes on from it.</content>
internal sealed partial class PartialOrder
{
    /// <summary>Some levels of the path to an execution whose races have been dealt with.</summary>
    private SearchLevel[] Capture(int from, int depth)
    {
        var levels = new SearchLevel[depth - from];
        for (int i = from; i < depth; i++)
        {
            ref Level level = ref _levels[i];
            var plan = new List<PlannedStep>();
            var ahead = new List<BranchAhead>();
            int branches = _tree.Export(level.Planned, plan, (node, place) =>
            {
                if (_tree[node].Errand is { } errand && (_crew is null ? errand.Outcome : _crew.Done(errand)) is { } outcome)
                {
                    ahead.Add(outcome.Save(place));
                }
            });
            levels[i - from] = new SearchLevel(
                level.Process,
                _machine.StepAt(i).Alternative,
                level.Done,
                level.IsOpen,
                level.Sleep,
                level.Explored,
                branches,
                plan)
            {
                Ahead = ahead,
            };
        }

        return levels;
    }

    /// <summary>Takes the path of an earlier search again, and goes on behind its last execution.</summary>
    /// <exception cref="ForeignStateException">The path does not exist in this world.</exception>
    private int Restore(SearchState state)
    {
        if (state.World != _world)
        {
            throw new ForeignStateException();
        }

        if (state.Lanes > _lanes)
        {
            throw new TooManyProcessesException(_lanes);
        }

        foreach (StartedProcess process in state.Processes)
        {
            _machine.Numbers.Of(process.Parent, process.Child);
        }

        _tally.Restore(state);
        return Retake(0, state.Levels);
    }

    /// <summary>Takes the path of some levels; goes on behind the execution in which it ends.</summary>
    private int Retake(int depth, IReadOnlyList<SearchLevel> levels)
    {
        foreach (SearchLevel saved in levels)
        {
            MakeRoom(depth);
            if (!_machine.IsEnabled(saved.Process))
            {
                throw new ForeignStateException();
            }

            ref Level level = ref _levels[depth];
            level = Level.Fresh(saved.Sleep, WakeupTree.None);
            Begin(ref level, saved.Process, saved.Alternative, saved.IsOpen);
            level.Done = saved.Done;
            level.Explored = saved.Explored;
            int place = 0;
            var ahead = new Dictionary<int, Errand>();
            foreach (BranchAhead branch in saved.Ahead)
            {
                ahead[branch.Step] = Errand.Done(Outcome.Of(branch));
            }

            level.Planned = _tree.Import(_machine, saved.Planned, saved.Branches, ref place, ahead);
            NoteAsleep(depth, saved.Sleep);
            _machine.Step(saved.Process, saved.Alternative);
            depth++;
        }

        Ascend(--depth);
        return depth;
    }
}
