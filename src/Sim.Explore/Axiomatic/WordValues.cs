using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>The values that each word can ever hold: what a read of it may answer.</summary>
internal sealed class WordValues
{
    private readonly LitmusTest _test;
    private readonly List<List<long>> _values = [];

    private WordValues(LitmusTest test) => _test = test;

    /// <summary>The values of one word.</summary>
    internal IReadOnlyList<long> Of(int location) => ListOf(location);

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

    /// <summary>Makes locations of words that the test computes the address of without naming them.</summary>
    internal static void FindUnnamed(LitmusTest test)
    {
        bool computes = test.Threads.Any(thread => thread.Code.Any(
            i => i is Load { Address: Binary } or Store { Address: Binary } or Rmw { Address: Binary }));
        while (computes)
        {
            try
            {
                computes = Solve(test).SelectMany(runs => runs).Any(run => test.Symbols.TryAddBeside(run.Astray));
            }
            catch (TooLargeException)
            {
                // Whoever runs the test will say so.
                return;
            }
        }
    }

    private List<long> ListOf(int location)
    {
        while (_values.Count <= location)
        {
            _values.Add([_test.InitialValue(_values.Count)]);
        }

        return _values[location];
    }

    private bool Grow(List<ThreadRun>[] runs)
    {
        bool grew = false;
        foreach (LitmusEvent happened in runs.SelectMany(list => list).SelectMany(run => run.Events))
        {
            if (happened.Kind == EventKind.Write && !ListOf(happened.Location).Contains(happened.Value))
            {
                ListOf(happened.Location).Add(happened.Value);
                grew = true;
            }
        }

        return grew;
    }
}
