using Sim.Explore.Axiomatic;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Views;

/// <summary>
/// Runs a litmus test on processors that see memory through views, as docs/memory-models.md describes
/// them, in every way that there is. Each thread goes through its program in order.
/// </summary>
internal sealed class ViewMachine
{
    private readonly LitmusTest _test;
    private readonly ViewSteps _steps;
    private readonly OutcomeTally _tally;
    private readonly Func<bool>? _stop;
    private readonly HashSet<long[]> _known = new(new SameWords());
    private readonly HashSet<long[]> _ends = new(new SameWords());

    private ViewMachine(LitmusTest test, bool isPower, Func<bool>? stop)
    {
        _test = test;
        _steps = new ViewSteps(test, isPower);
        _tally = new OutcomeTally(test);
        _stop = stop;
    }

    /// <summary>Runs a test.</summary>
    /// <param name="test">The test.</param>
    /// <param name="memory">POWER or the Linux-kernel memory model.</param>
    /// <param name="stop">Asked now and then; true ends the run.</param>
    /// <returns>The final states, with the number of executions of each.</returns>
    internal static LitmusResult Run(LitmusTest test, LitmusMemory memory, Func<bool>? stop = null)
    {
        var machine = new ViewMachine(test, memory == LitmusMemory.Power, stop);
        LitmusResult result = machine._tally.Result(machine.Explore());
        return memory == LitmusMemory.Power ? Watched(test, result) : result;
    }

    /// <summary>
    /// Views are too loose on POWER where a thread reads what another one wrote between its own accesses to
    /// one word (detour, rdw): a final state that the axioms forbid is not shown.
    /// </summary>
    private static LitmusResult Watched(LitmusTest test, LitmusResult result)
    {
        HashSet<string> allowed = AxiomaticEngine.Run(test, LitmusMemory.Power).Outcomes
            .Select(outcome => outcome.State).ToHashSet(StringComparer.Ordinal);
        List<Outcome> shown = [.. result.Outcomes.Where(outcome => allowed.Contains(outcome.State))];
        return result with { Outcomes = shown, Executions = shown.Sum(outcome => outcome.Count) };
    }

    private bool Explore()
    {
        var first = new ViewState(_test);
        var waiting = new Stack<ViewState>();
        if (_steps.Settle(first))
        {
            waiting.Push(first);
        }

        while (waiting.TryPop(out ViewState? state))
        {
            if (_stop?.Invoke() == true)
            {
                return false;
            }

            if (!_known.Add(state.Identity()))
            {
                continue;
            }

            if (_steps.IsFinished(state))
            {
                Count(state);
            }

            foreach (ViewState next in _steps.After(state))
            {
                if (_steps.Settle(next))
                {
                    waiting.Push(next);
                }
            }
        }

        return true;
    }

    /// <summary>An execution is who read from whom and the order of the writes; it counts once.</summary>
    private void Count(ViewState state)
    {
        var graph = new List<long>();
        foreach (ViewThread thread in state.Threads)
        {
            graph.AddRange(thread.Reads.Select(read => (long)read).Append(-2));
        }

        foreach (List<ViewMessage> word in state.Words)
        {
            graph.AddRange(word.Select(message => (long)message.Writer).Append(-2));
        }

        if (_ends.Add([.. graph]))
        {
            _tally.Add(place => place.Thread < 0
                ? state.Words[place.Number][^1].Value
                : state.Threads[place.Thread].Registers[place.Number]);
        }
    }

    private sealed class SameWords : IEqualityComparer<long[]>
    {
        public bool Equals(long[]? x, long[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(long[] obj)
        {
            ulong hash = 14695981039346656037;
            foreach (long word in obj)
            {
                hash = (hash ^ (ulong)word) * 1099511628211;
                hash ^= hash >> 29;
            }

            return (int)(hash ^ (hash >> 32));
        }
    }
}
