using Sim.Explore.Strategies.Parallel;

namespace Sim.Explore.Strategies;

/// <content>What an earlier search has explored ahead of its turn, out of a checkpoint.</content>
internal sealed partial class PartialOrder
{
    /// <summary>Finds out what the steps touch that an errand planned, by taking them, if it is out of a checkpoint.</summary>
    /// <returns>Null when one of them cannot be taken.</returns>
    private Outcome? Revive(Outcome outcome)
    {
        if (outcome.Grafts.All(graft => graft.Saved is null))
        {
            return outcome;
        }

        (int Process, int Alternative)[] path = [.. Enumerable.Range(0, _machine.StepCount).Select(_machine.StepAt)];
        var grafts = new List<Graft>();
        foreach (Graft graft in outcome.Grafts)
        {
            GoBack(graft.Level);
            Graft? revived = Revive(graft);
            GoBack(graft.Level);
            Forward(path);
            if (revived is null)
            {
                return null;
            }

            grafts.Add(revived);
        }

        return outcome with { Grafts = grafts };
    }

    private void Forward((int Process, int Alternative)[] path)
    {
        for (int depth = _machine.StepCount; depth < path.Length; depth++)
        {
            _machine.Step(path[depth].Process, path[depth].Alternative);
        }
    }

    /// <summary>Takes the steps of a graft from the state of its level.</summary>
    private Graft? Revive(Graft graft)
    {
        int head = _levels[graft.Level].Planned;
        foreach (int index in graft.Place)
        {
            int node = _tree.SiblingAt(head, index);
            if (node == WakeupTree.None || !_machine.IsEnabled(_tree[node].Process))
            {
                return null;
            }

            _machine.Step(_tree[node].Process, 0);
            head = _tree[node].FirstChild;
        }

        var planned = new List<CopiedStep>();
        for (int place = 0; place < graft.Saved!.Planned.Count;)
        {
            if (!Look(graft.Saved.Planned, ref place, planned))
            {
                return null;
            }
        }

        return graft with { Planned = planned, Saved = null };
    }

    private bool Look(IReadOnlyList<PlannedStep> plan, ref int place, List<CopiedStep> planned)
    {
        PlannedStep step = plan[place++];
        planned.Add(new CopiedStep(step.Process, _machine.FootprintOf(step.Process), step.Branches));
        if (step.Branches == 0)
        {
            return true;
        }

        bool isThere = _machine.IsEnabled(step.Process);
        if (isThere)
        {
            _machine.Step(step.Process, 0);
            for (int i = 0; i < step.Branches && isThere; i++)
            {
                isThere = Look(plan, ref place, planned);
            }

            _machine.Undo();
        }

        return isThere;
    }
}
