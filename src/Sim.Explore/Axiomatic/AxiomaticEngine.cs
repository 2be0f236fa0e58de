using Sim.Explore.Litmus;
using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>Enumerates every execution of a litmus test and keeps those that a model allows.</summary>
public sealed class AxiomaticEngine
{
    private readonly LitmusTest _test;
    private readonly AxiomaticModel _model;
    private readonly List<ThreadRun>[] _runs;
    private readonly HashSet<(int Location, long Value)>[] _stillWritable;
    private readonly ThreadRun[] _chosen;
    private readonly OutcomeTally _tally;
    private readonly Func<bool>? _stop;

    private AxiomaticEngine(LitmusTest test, AxiomaticModel model, Func<bool>? stop)
    {
        _test = test;
        _model = model;
        _runs = [.. WordValues.Solve(test).Select(runs => runs.FindAll(run => run.IsComplete))];
        _stillWritable = StillWritable(_runs);
        _chosen = new ThreadRun[test.Threads.Count];
        _tally = new OutcomeTally(test);
        _stop = stop;
    }

    /// <summary>Runs a test.</summary>
    /// <param name="test">The test.</param>
    /// <param name="memory">The model.</param>
    /// <param name="stop">Asked now and then; true ends the enumeration.</param>
    /// <param name="keepsReadWrite">
    /// Whether no read may be delayed past a later write of its thread: all that the operational engine can show.
    /// </param>
    /// <returns>The final states, with the number of executions of each.</returns>
    /// <exception cref="TooLargeException">The test is too large to enumerate.</exception>
    public static LitmusResult Run(
        LitmusTest test, LitmusMemory memory, Func<bool>? stop = null, bool keepsReadWrite = false)
    {
        var engine = new AxiomaticEngine(test, AxiomaticModel.Of(memory, keepsReadWrite), stop);
        bool complete = engine.Choose(0);
        return engine._tally.Result(complete);
    }

    /// <summary>What threads from a number on can write.</summary>
    private static HashSet<(int Location, long Value)>[] StillWritable(List<ThreadRun>[] runs)
    {
        var writable = new HashSet<(int Location, long Value)>[runs.Length + 1];
        writable[runs.Length] = [];
        for (int i = runs.Length - 1; i >= 0; i--)
        {
            writable[i] =
            [
                .. writable[i + 1],
                .. runs[i].SelectMany(run => run.Events).Where(e => e.Kind == EventKind.Write).Select(e => (e.Location, e.Value)),
            ];
        }

        return writable;
    }

    /// <summary>Chooses a run for each thread from a number on; false when stopped.</summary>
    private bool Choose(int thread)
    {
        if (_stop?.Invoke() == true)
        {
            return false;
        }

        if (thread == _runs.Length)
        {
            return Complete();
        }

        foreach (ThreadRun run in _runs[thread])
        {
            _chosen[thread] = run;
            if (IsServed(thread + 1) && !Choose(thread + 1))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether everything that the threads before a number read can have been written by somebody.</summary>
    private bool IsServed(int threads)
    {
        for (int i = 0; i < threads; i++)
        {
            foreach (LitmusEvent e in _chosen[i].Events)
            {
                if (e.Kind == EventKind.Read && e.Value != _test.InitialValue(e.Location) &&
                    !_stillWritable[threads].Contains((e.Location, e.Value)) && !IsWritten(e, threads))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool IsWritten(LitmusEvent read, int threads)
    {
        for (int i = 0; i < threads; i++)
        {
            foreach (LitmusEvent e in _chosen[i].Events)
            {
                if (e.Kind == EventKind.Write && e.Location == read.Location && e.Value == read.Value)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool Complete()
    {
        var skeleton = new Skeleton(_test, _chosen);
        var words = new List<List<WordHistory>>();
        for (int location = 0; location < _test.Symbols.Names.Count; location++)
        {
            List<WordHistory> histories = WordHistory.Of(skeleton, location);
            if (histories.Count == 0)
            {
                return true;
            }

            words.Add(histories);
        }

        Func<Communication, bool> axioms = _model.For(skeleton);
        return Communicate(skeleton, words, 0, new WordHistory[words.Count], new Communication(skeleton), axioms);
    }

    /// <summary>
    /// Lets every word from a number on have each of its histories. The axioms only grow with what is
    /// known: what they forbid already stays forbidden.
    /// </summary>
    private bool Communicate(
        Skeleton skeleton,
        List<List<WordHistory>> words,
        int number,
        WordHistory[] histories,
        Communication communication,
        Func<Communication, bool> axioms)
    {
        if (number == words.Count)
        {
            Count(skeleton, histories);
            return true;
        }

        bool isLast = number == words.Count - 1;
        foreach (WordHistory history in words[number])
        {
            if (_stop?.Invoke() == true)
            {
                return false;
            }

            histories[number] = history;
            communication.Put(history);
            bool isAllowed = (!isLast && words[number].Count == 1) || axioms(communication);
            if (isAllowed && !Communicate(skeleton, words, number + 1, histories, communication, axioms))
            {
                return false;
            }

            communication.Clear(history);
        }

        return true;
    }

    private void Count(Skeleton skeleton, WordHistory[] histories)
        => _tally.Add(place => place.Thread < 0
            ? skeleton.Events[histories[place.Number].Writes[^1]].Value
            : _chosen[place.Thread].Registers[place.Number]);
}
