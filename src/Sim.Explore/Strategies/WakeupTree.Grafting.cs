using Sim.Explore.Strategies.Parallel;
using Sim.Machine;

namespace Sim.Explore.Strategies;

/// <content>What grew on a copy of the trees, taken over into the trees themselves.</content>
internal sealed partial class WakeupTree
{
    /// <summary>Forgets every node.</summary>
    internal void Clear()
    {
        _count = 0;
        _free = None;
    }

    /// <summary>Notes that siblings, and all below them, are copies of what another search has planned.</summary>
    internal void MarkOld(int head)
    {
        for (int node = head; node != None; node = _nodes[node].NextSibling)
        {
            _nodes[node].IsOld = true;
            MarkOld(_nodes[node].FirstChild);
        }
    }

    /// <summary>Collects what was planned since <see cref="MarkOld"/>.</summary>
    /// <param name="head">The first of some siblings.</param>
    /// <param name="level">The level of the search that they are planned at.</param>
    /// <param name="place">Where the siblings stand: which child, and of that which child.</param>
    /// <param name="grafts">Where the new nodes go.</param>
    internal void CollectGrafts(int head, int level, List<int> place, List<Graft> grafts)
    {
        int siblings = 0;
        int node = head;
        for (; node != None && _nodes[node].IsOld; node = _nodes[node].NextSibling, siblings++)
        {
            place.Add(siblings);
            CollectGrafts(_nodes[node].FirstChild, level, place, grafts);
            place.RemoveAt(place.Count - 1);
        }

        if (node != None)
        {
            var plan = new List<PlannedStep>();
            int branches = Export(node, plan);
            grafts.Add(new Graft(level, [.. place], siblings, branches, plan));
        }
    }

    /// <summary>Whether nothing was planned meanwhile beside the place where something is to be grafted.</summary>
    internal bool Fits(int head, Graft graft)
    {
        foreach (int index in graft.Place)
        {
            head = _nodes[SiblingAt(head, index)].FirstChild;
        }

        int siblings = 0;
        for (; head != None; head = _nodes[head].NextSibling)
        {
            siblings++;
        }

        return siblings == graft.Siblings;
    }

    /// <summary>Plans what grew on a copy, on a machine in the state from which the tree starts.</summary>
    internal void Graft(SimMachine machine, ref int head, Graft graft, int depth = 0)
    {
        if (depth < graft.Place.Count)
        {
            int node = SiblingAt(head, graft.Place[depth]);
            machine.Step(_nodes[node].Process, _nodes[node].Alternative);
            int child = _nodes[node].FirstChild;
            Graft(machine, ref child, graft, depth + 1);
            _nodes[node].FirstChild = child;
            machine.Undo();
            return;
        }

        int place = 0;
        int added = Import(machine, graft.Planned, graft.Branches, ref place);
        head = head == None ? added : Append(head, added);
    }

    /// <summary>
    /// Finds out again what planned steps touch, on a machine in the state from which they start: objects
    /// that were made by steps which were taken back since are other objects now.
    /// </summary>
    internal void Refresh(SimMachine machine, int head)
    {
        for (int node = head; node != None; node = _nodes[node].NextSibling)
        {
            int process = _nodes[node].Process;
            _nodes[node].Footprint = machine.FootprintOf(process);
            if (_nodes[node].FirstChild != None && machine.IsEnabled(process))
            {
                machine.Step(process, _nodes[node].Alternative);
                Refresh(machine, _nodes[node].FirstChild);
                machine.Undo();
            }
        }
    }

    private int SiblingAt(int head, int index)
    {
        for (; index > 0; index--)
        {
            head = _nodes[head].NextSibling;
        }

        return head;
    }
}
