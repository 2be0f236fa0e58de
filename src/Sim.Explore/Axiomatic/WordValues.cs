using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>The values that each word can ever hold: what a read of it may answer.</summary>
internal sealed class WordValues
{
    private readonly LitmusTest _test;
    private readonly List<List<WordValue>> _values = [];

    private readonly int[] _firstBit;

    private WordValues(LitmusTest test)
    {
        _test = test;
        _firstBit = new int[test.Threads.Count + 1];
        for (int i = 0; i < test.Threads.Count; i++)
        {
            _firstBit[i + 1] = _firstBit[i] + test.Threads[i].Code.Count;
        }
    }

    /// <summary>The number of an instruction of a thread, among those of all threads.</summary>
    internal int NumberOf(int thread, int at) => _firstBit[thread] + at;

    /// <summary>The bit of an instruction; none when there are more instructions than bits.</summary>
    internal ulong BitOf(int thread, int at) => _firstBit[^1] <= 64 ? 1UL << NumberOf(thread, at) : 0;

    /// <summary>The bits of an instruction and those after it in its thread.</summary>
    internal ulong BitsFrom(int thread, int at)
    {
        ulong bits = 0;
        for (int i = at; i < _test.Threads[thread].Code.Count; i++)
        {
            bits |= BitOf(thread, i);
        }

        return bits;
    }

    /// <summary>What an instruction can find in a word.</summary>
    /// <param name="location">The word.</param>
    /// <param name="forbidden">Sources that the value cannot have.</param>
    /// <param name="seen">What the thread has seen there last, if it has.</param>
    internal IEnumerable<WordValue> Of(int location, ulong forbidden, WordValue? seen)
        => ListOf(location)
            .Where(value => (value.Sources & forbidden) == 0 && seen?.MayComeBefore(value) != false)
            .GroupBy(static value => value.Value)
            .Select(static same => same.Aggregate(static (one, other) => one.Or(other)));

    /// <summary>
    /// Finds the values and with them the runs of all threads. A value that is computed from another one
    /// takes a round more; no chain is longer than there are writes in the program.
    /// </summary>
    internal static List<ThreadRun>[] Solve(LitmusTest test)
    {
        var values = new WordValues(test);
        int writes = test.Threads.Sum(thread => thread.Code.Count(i => i is Store or Rmw));
        List<ThreadRun>[] runs;
        int round = 0;
        do
        {
            runs = [.. Enumerable.Range(0, test.Threads.Count).Select(thread => ThreadRuns.Of(test, thread, values))];
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

    private List<WordValue> ListOf(int location)
    {
        while (_values.Count <= location)
        {
            _values.Add([new WordValue(_test.InitialValue(_values.Count), 0, WordValue.Initial)]);
        }

        return _values[location];
    }

    private bool Grow(List<ThreadRun>[] runs)
    {
        bool grew = false;
        foreach (LitmusEvent happened in runs.SelectMany(list => list).SelectMany(run => run.Events))
        {
            if (happened.Kind == EventKind.Write && !ListOf(happened.Location).Contains(happened.Origin))
            {
                ListOf(happened.Location).Add(happened.Origin);
                grew = true;
            }
        }

        return grew;
    }
}
