using System.Numerics;

namespace Sim.Explore.Strategies.Merging;

/// <summary>A schedule whose last steps lead back to where they began.</summary>
/// <param name="Choices">The steps.</param>
/// <param name="Loop">How many come before those that repeat.</param>
internal sealed record Lasso(IReadOnlyList<Choice> Choices, int Loop);

/// <summary>
/// The states of a world and the steps between them, and whether they can go round for ever under a fair
/// scheduler: one that lets everybody run who is able to again and again.
/// </summary>
internal sealed class StateGraph
{
    private readonly List<Edge> _edges = [];
    private readonly List<ulong> _enabled = [];
    private int[] _first = [];

    /// <summary>Notes which processes can run in a state.</summary>
    internal void SetEnabled(int state, ulong enabled)
    {
        while (_enabled.Count <= state)
        {
            _enabled.Add(0);
        }

        _enabled[state] = enabled;
    }

    /// <summary>Notes a step from one state to another.</summary>
    internal void Add(int from, int process, int alternative, int to)
        => _edges.Add(new Edge(from, to, (short)process, (short)alternative));

    /// <summary>The shortest way to some states that go round for ever although the scheduler is fair, and once round; or null.</summary>
    internal Lasso? FindFairCycle()
    {
        int count = _enabled.Count;
        while (_edges.Count > 0 && count <= _edges.Max(edge => edge.To))
        {
            SetEnabled(count++, 0);
        }

        Index();
        var all = new int[_enabled.Count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = i;
        }

        HashSet<int>? fair = FindFair(all);
        return fair is null ? null : LassoOf(fair);
    }

    /// <summary>
    /// A set of states in which everybody who can ever run does: of a strongly connected set, those in
    /// which somebody can run who never does are taken away until nothing changes.
    /// </summary>
    private HashSet<int>? FindFair(int[] states)
    {
        var work = new Stack<int[]>();
        work.Push(states);
        while (work.Count > 0)
        {
            int[] next = work.Pop();
            foreach (int[] component in new Components(this, next).Find())
            {
                var inside = component.ToHashSet();
                ulong running = 0;
                ulong able = 0;
                foreach (int state in component)
                {
                    able |= _enabled[state];
                    foreach (Edge edge in From(state))
                    {
                        running |= inside.Contains(edge.To) ? 1UL << edge.Process : 0;
                    }
                }

                if (running == 0)
                {
                    continue;
                }

                ulong starved = able & ~running;
                if (starved == 0)
                {
                    return inside;
                }

                work.Push([.. component.Where(state => (_enabled[state] & starved) == 0)]);
            }
        }

        return null;
    }

    private Lasso LassoOf(HashSet<int> fair)
    {
        List<Edge> stem = Way(0, fair.Contains, null) ?? [];
        int start = stem.Count > 0 ? stem[^1].To : 0;
        ulong running = 0;
        foreach (int state in fair)
        {
            foreach (Edge edge in From(state))
            {
                running |= fair.Contains(edge.To) ? 1UL << edge.Process : 0;
            }
        }

        var loop = new List<Edge>();
        int at = start;
        for (ulong rest = running; rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            if (loop.Exists(edge => edge.Process == process))
            {
                continue;
            }

            loop.AddRange(Way(at, state => HasStep(state, process, fair), fair)!);
            at = loop.Count > 0 ? loop[^1].To : start;
            Edge step = From(at).First(edge => edge.Process == process && fair.Contains(edge.To));
            loop.Add(step);
            at = step.To;
        }

        loop.AddRange(Way(at, state => state == start, fair)!);
        return new Lasso(
            [.. stem.Concat(loop).Select(edge => new Choice(edge.Process, edge.Alternative))], stem.Count);
    }

    private bool HasStep(int state, int process, HashSet<int> within)
        => From(state).Any(edge => edge.Process == process && within.Contains(edge.To));

    /// <summary>The shortest way to a state that is wanted.</summary>
    private List<Edge>? Way(int from, Func<int, bool> isWanted, HashSet<int>? within)
    {
        var reached = new Dictionary<int, Edge> { [from] = default };
        var queue = new Queue<int>([from]);
        while (queue.TryDequeue(out int state))
        {
            if (isWanted(state))
            {
                var way = new List<Edge>();
                for (; state != from; state = reached[state].From)
                {
                    way.Add(reached[state]);
                }

                way.Reverse();
                return way;
            }

            foreach (Edge edge in From(state))
            {
                if ((within is null || within.Contains(edge.To)) && reached.TryAdd(edge.To, edge))
                {
                    queue.Enqueue(edge.To);
                }
            }
        }

        return null;
    }

    private void Index()
    {
        _edges.Sort((a, b) => a.From != b.From ? a.From.CompareTo(b.From)
            : a.Process != b.Process ? a.Process.CompareTo(b.Process)
            : a.Alternative.CompareTo(b.Alternative));
        _first = new int[_enabled.Count + 1];
        foreach (Edge edge in _edges)
        {
            _first[edge.From + 1]++;
        }

        for (int i = 0; i < _enabled.Count; i++)
        {
            _first[i + 1] += _first[i];
        }
    }

    private IEnumerable<Edge> From(int state)
    {
        for (int i = _first[state]; i < _first[state + 1]; i++)
        {
            yield return _edges[i];
        }
    }

    private readonly record struct Edge(int From, int To, short Process, short Alternative);

    /// <summary>The strongly connected sets of some states that have a step inside; Tarjan, without recursion.</summary>
    private sealed class Components(StateGraph graph, int[] states)
    {
        private readonly HashSet<int> _inside = [.. states];
        private readonly Dictionary<int, (int Index, int Low)> _marks = [];
        private readonly List<int> _stack = [];
        private readonly HashSet<int> _onStack = [];
        private readonly List<int[]> _found = [];

        internal List<int[]> Find()
        {
            foreach (int state in states)
            {
                if (!_marks.ContainsKey(state))
                {
                    Visit(state);
                }
            }

            return _found;
        }

        private void Visit(int root)
        {
            var path = new Stack<(int State, int Next)>();
            Open(root, path);
            while (path.Count > 0)
            {
                (int state, int next) = path.Pop();
                if (next < graph._first[state + 1])
                {
                    path.Push((state, next + 1));
                    int to = graph._edges[next].To;
                    if (!_inside.Contains(to))
                    {
                        continue;
                    }

                    if (!_marks.TryGetValue(to, out (int Index, int Low) mark))
                    {
                        Open(to, path);
                    }
                    else if (_onStack.Contains(to))
                    {
                        Lower(state, mark.Index);
                    }

                    continue;
                }

                if (path.Count > 0)
                {
                    Lower(path.Peek().State, _marks[state].Low);
                }

                if (_marks[state].Low == _marks[state].Index)
                {
                    Close(state);
                }
            }
        }

        private void Open(int state, Stack<(int State, int Next)> path)
        {
            _marks[state] = (_marks.Count, _marks.Count);
            _stack.Add(state);
            _onStack.Add(state);
            path.Push((state, graph._first[state]));
        }

        private void Lower(int state, int low)
            => _marks[state] = (_marks[state].Index, Math.Min(_marks[state].Low, low));

        private void Close(int state)
        {
            int from = _stack.LastIndexOf(state);
            int[] component = [.. _stack[from..]];
            _stack.RemoveRange(from, _stack.Count - from);
            _onStack.ExceptWith(component);
            if (component.Length > 1 || graph.From(state).Any(edge => edge.To == state))
            {
                Array.Sort(component);
                _found.Add(component);
            }
        }
    }
}
