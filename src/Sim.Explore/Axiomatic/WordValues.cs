using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>The values that each word can ever hold: what a read of it may answer.</summary>
internal sealed class WordValues
{
    private readonly List<long>[] _values;

    private WordValues(LitmusTest test)
    {
        _values = new List<long>[test.Symbols.Names.Count];
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = [test.InitialValue(i)];
        }
    }

    /// <summary>The values of one word.</summary>
    internal IReadOnlyList<long> Of(int location) => _values[location];

    /// <summary>
    /// Finds the values and with them the runs of all threads. A value that is written because another
    /// one was read takes a round more; no chain is longer than there are writes in the program.
    /// </summary>
    internal static List<ThreadRun>[] Solve(LitmusTest test)
    {
        var values = new WordValues(test);
        int writes = test.Threads.Sum(thread => thread.Code.Count(i => i is Store or Rmw));
        List<ThreadRun>[] runs;
        int round = 0;
        do
        {
            runs = [.. test.Threads.Select(thread => ThreadRuns.Of(test, thread, values))];
        }
        while (values.Grow(runs) && round++ < writes);

        return runs;
    }

    private bool Grow(List<ThreadRun>[] runs)
    {
        bool grew = false;
        foreach (LitmusEvent happened in runs.SelectMany(list => list).SelectMany(run => run.Events))
        {
            if (happened.Kind == EventKind.Write && !_values[happened.Location].Contains(happened.Value))
            {
                _values[happened.Location].Add(happened.Value);
                grew = true;
            }
        }

        return grew;
    }
}
