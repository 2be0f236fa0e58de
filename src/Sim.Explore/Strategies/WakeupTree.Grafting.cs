using Sim.Explore.Strategies.Parallel;
using Sim.Machine.Processors;

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

    /// <summary>Copies what is planned from some siblings on; nothing of it is a choice of the world.</summary>
    internal void Copy(int head, List<CopiedStep> copy)
    {
        for (int node = head; node != None; node = _nodes[node].NextSibling)
        {
            int branches = 0;
            for (int child = _nodes[node].FirstChild; child != None; child = _nodes[child].NextSibling)
            {
                branches++;
            }

            copy.Add(new CopiedStep(_nodes[node].Process, _nodes[node].Footprint, branches));
            Copy(_nodes[node].FirstChild, copy);
        }
    }

    /// <summary>Makes siblings, and all below them, from a copy.</summary>
    /// <param name="copy">The copy, made on any machine of the search.</param>
    /// <param name="isOld">Whether they count as having stood there before.</param>
    internal int Paste(IReadOnlyList<CopiedStep> copy, bool isOld)
    {
        int place = 0;
        int head = None;
        int last = None;
        while (place < copy.Count)
        {
            int node = Paste(copy, isOld, ref place);
            Link(ref head, ref last, node);
        }

        return head;
    }

    private int Paste(IReadOnlyList<CopiedStep> copy, bool isOld, ref int place)
    {
        CopiedStep step = copy[place++];
        Footprint footprint = step.Footprint;
        int node = Add(step.Process, 0, 1, in footprint);
        _nodes[node].IsOld = isOld;
        int head = None;
        int last = None;
        for (int i = 0; i < step.Branches; i++)
        {
            int child = Paste(copy, isOld, ref place);
            Link(ref head, ref last, child);
        }

        _nodes[node].FirstChild = head;
        return node;
    }

    private void Link(ref int head, ref int last, int node)
    {
        if (head == None)
        {
            head = node;
        }
        else
        {
            _nodes[last].NextSibling = node;
        }

        last = node;
    }

    /// <summary>Collects what was planned beside and below old nodes.</summary>
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
            var planned = new List<CopiedStep>();
            Copy(node, planned);
            grafts.Add(new Graft(level, [.. place], siblings, planned));
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

    /// <summary>Plans what grew on a copy.</summary>
    internal void Plant(ref int head, Graft graft)
    {
        int added = Paste(graft.Planned, isOld: false);
        if (graft.Place.Count == 0)
        {
            head = head == None ? added : Append(head, added);
            return;
        }

        int node = SiblingAt(head, graft.Place[0]);
        for (int i = 1; i < graft.Place.Count; i++)
        {
            node = SiblingAt(_nodes[node].FirstChild, graft.Place[i]);
        }

        _nodes[node].FirstChild = Append(_nodes[node].FirstChild, added);
    }

    /// <summary>One of some siblings, by its place among them.</summary>
    internal int SiblingAt(int head, int index)
    {
        for (; index > 0 && head != None; index--)
        {
            head = _nodes[head].NextSibling;
        }

        return head;
    }
}
