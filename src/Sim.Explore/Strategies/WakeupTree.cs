using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.Races;

namespace Sim.Explore.Strategies;

/// <summary>
/// Ordered trees of steps that are still to be explored, one below each level of the search. Nodes
/// live in one pool and are named by index; -1 is no node.
/// </summary>
internal sealed partial class WakeupTree
{
    internal const int None = -1;

    private Node[] _nodes = new Node[256];
    private int _count;
    private int _free = None;

    internal ref Node this[int index] => ref _nodes[index];

    /// <summary>Whether the newest reversal went to a place that was not there when the errand began.</summary>
    internal bool HasReachedNew { get; set; }

    /// <summary>Whether a reversal was added since this was last made false.</summary>
    internal bool HasGrown { get; set; }

    /// <summary>Makes a node without children or siblings.</summary>
    private int Add(int process, int alternative, int alternatives, in Footprint footprint)
    {
        int index = _free;
        if (index != None)
        {
            _free = _nodes[index].NextSibling;
        }
        else
        {
            if (_count == _nodes.Length)
            {
                Array.Resize(ref _nodes, _count * 2);
            }

            index = _count++;
        }

        _nodes[index] = new Node
        {
            Process = process,
            Alternative = alternative,
            Alternatives = alternatives,
            Footprint = footprint,
            FirstChild = None,
            NextSibling = None,
        };
        return index;
    }

    /// <summary>Gives one node back; its children must have been taken over.</summary>
    internal void Free(int index)
    {
        _nodes[index].NextSibling = _free;
        _nodes[index].Errand = null;
        _free = index;
    }

    /// <summary>Gives a list of siblings and all below it back.</summary>
    internal void FreeAll(int index)
    {
        while (index != None)
        {
            int next = _nodes[index].NextSibling;
            FreeAll(_nodes[index].FirstChild);
            Free(index);
            index = next;
        }
    }

    /// <summary>
    /// Plans a reversal below a level, unless a planned branch covers it already: goes down while a
    /// branch can begin an equivalent of what is left, and appends the rest where none can.
    /// </summary>
    /// <param name="planned">The first planned branch of the level.</param>
    /// <param name="reversal">The steps; those on the way down are taken out.</param>
    internal void Insert(ref int planned, Reversal reversal)
    {
        if (planned != None && _nodes[planned].Alternatives > 1)
        {
            InsertAtChoice(planned, reversal);
            return;
        }

        for (int child = planned; child != None; child = _nodes[child].NextSibling)
        {
            int process = _nodes[child].Process;
            if (reversal.CanBeginWith(process, in _nodes[child].Footprint))
            {
                int position = reversal.FirstOf(process);
                if (position >= 0)
                {
                    reversal.Remove(position);
                }
                else
                {
                    reversal.Precede(in _nodes[child].Footprint);
                }

                InsertBelow(child, reversal);
                return;
            }
        }

        HasReachedNew = HasGrown = true;
        planned = Append(planned, AddBranch(reversal));
    }

    private void InsertBelow(int node, Reversal reversal)
    {
        HasReachedNew |= !_nodes[node].IsOld;
        int child = _nodes[node].FirstChild;
        if (child == None)
        {
            // Everything that begins so will be explored.
        }
        else if (reversal.Count == 0)
        {
            Open(child);
        }
        else
        {
            Insert(ref child, reversal);
        }
    }

    /// <summary>
    /// The siblings are alternatives of one choice, each with branches of its own. A reversal without
    /// that choice goes below each of them.
    /// </summary>
    private void InsertAtChoice(int head, Reversal reversal)
    {
        int position = reversal.FirstOf(_nodes[head].Process);
        int only = position >= 0 ? reversal.EventAt(position).Alternative : -1;
        if (position >= 0)
        {
            reversal.Remove(position);
        }

        for (int alternative = 0; alternative < _nodes[head].Alternatives; alternative++)
        {
            if (only >= 0 && only != alternative)
            {
                continue;
            }

            int node = head;
            while (node != None && _nodes[node].Alternative != alternative)
            {
                node = _nodes[node].NextSibling;
            }

            if (node != None)
            {
                Reversal.Entry[] saved = reversal.Save();
                InsertBelow(node, reversal);
                reversal.Restore(saved);
            }
            else if (!_nodes[head].IsOpen)
            {
                int added = Add(_nodes[head].Process, alternative, _nodes[head].Alternatives, default);
                int branch = AddBranch(reversal);
                _nodes[added].FirstChild = branch;
                Append(head, added);
            }
        }
    }

    /// <summary>All alternatives of the choices in a tree are to be explored, also those not planned.</summary>
    private void Open(int node)
    {
        for (; node != None; node = _nodes[node].NextSibling)
        {
            _nodes[node].IsOpen = true;
            Open(_nodes[node].FirstChild);
        }
    }

    private int AddBranch(Reversal reversal)
    {
        int head = None;
        int last = None;
        for (int i = 0; i < reversal.Length; i++)
        {
            if (!reversal.IsLeft(i))
            {
                continue;
            }

            ref readonly Event e = ref reversal.EventAt(i);
            Footprint footprint = reversal.FootprintAt(i);
            int alternatives = e.Op.Kind == OpKind.Choose ? e.Op.Alternatives : 1;
            int node = Add(e.Process, e.Alternative, alternatives, in footprint);
            if (head == None)
            {
                head = node;
            }
            else
            {
                _nodes[last].FirstChild = node;
            }

            last = node;
        }

        return head;
    }

    /// <summary>Writes the plan below a list of siblings as plain data.</summary>
    /// <param name="head">The first sibling.</param>
    /// <param name="plan">Where to write.</param>
    /// <param name="each">Told of each node, and of its place in what is written.</param>
    /// <returns>How many siblings there are.</returns>
    internal int Export(int head, List<PlannedStep> plan, Action<int, int> each)
    {
        int siblings = 0;
        for (int node = head; node != None; node = _nodes[node].NextSibling)
        {
            int place = plan.Count;
            plan.Add(default);
            each(node, place);
            int branches = Export(_nodes[node].FirstChild, plan, each);
            plan[place] = new PlannedStep(
                _nodes[node].Process, _nodes[node].Alternative, _nodes[node].IsOpen, branches);
            siblings++;
        }

        return siblings;
    }

    /// <summary>
    /// Makes a plan again, on a machine in the state from which it starts: what each step touches is
    /// found by taking the steps.
    /// </summary>
    /// <param name="machine">The machine.</param>
    /// <param name="plan">The plan as written.</param>
    /// <param name="siblings">How many siblings to read.</param>
    /// <param name="place">Where to read; moved on.</param>
    /// <param name="ahead">What was explored ahead, by the place of the last step.</param>
    internal int Import(
        SimMachine machine,
        IReadOnlyList<PlannedStep> plan,
        int siblings,
        ref int place,
        IReadOnlyDictionary<int, Parallel.Errand> ahead)
    {
        int head = None;
        for (; siblings > 0; siblings--)
        {
            Parallel.Errand? errand = ahead.GetValueOrDefault(place);
            PlannedStep step = plan[place++];
            Footprint footprint = machine.FootprintOf(step.Process);
            int node = Add(step.Process, step.Alternative, machine.AlternativesOf(step.Process), in footprint);
            _nodes[node].IsOpen = step.IsOpen;
            _nodes[node].Errand = errand;
            if (!machine.IsEnabled(step.Process))
            {
                // It will be given up when its turn comes, and what follows with it.
                Skip(plan, step.Branches, ref place);
            }
            else if (step.Branches > 0)
            {
                machine.Step(step.Process, step.Alternative);
                int child = Import(machine, plan, step.Branches, ref place, ahead);
                machine.Undo();
                _nodes[node].FirstChild = child;
            }

            head = Append(head, node);
        }

        return head;
    }

    private static void Skip(IReadOnlyList<PlannedStep> plan, int siblings, ref int place)
    {
        for (; siblings > 0; siblings--)
        {
            Skip(plan, plan[place++].Branches, ref place);
        }
    }

    /// <summary>Appends a node to a list of siblings; answers the head of the list.</summary>
    private int Append(int head, int node)
    {
        if (head == None)
        {
            return node;
        }

        int last = head;
        while (_nodes[last].NextSibling != None)
        {
            last = _nodes[last].NextSibling;
        }

        _nodes[last].NextSibling = node;
        return head;
    }

    internal struct Node
    {
        internal Footprint Footprint;
        internal int Process;
        internal int Alternative;
        internal int Alternatives;
        internal bool IsOpen;

        /// <summary>Whether the node stood in the tree before the errand began.</summary>
        internal bool IsOld;

        /// <summary>Who explores it ahead of the search, if anybody.</summary>
        internal Parallel.Errand? Errand;
        internal int FirstChild;
        internal int NextSibling;
    }
}
