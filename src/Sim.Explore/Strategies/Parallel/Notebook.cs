using Sim.Machine;

namespace Sim.Explore.Strategies.Parallel;

/// <summary>What an errand notes, so that what it planned can be planned again in another order.</summary>
/// <param name="machine">The machine of the errand.</param>
/// <param name="from">The index of the first step that the search has not taken.</param>
internal sealed class Notebook(SimMachine machine, int from)
{
    private const int Most = 10_000;

    private readonly List<RaceAhead> _races = [];
    private readonly List<byte[]> _executions = [];
    private readonly HashSet<ulong> _known = [];
    private bool _isOpen;

    /// <summary>The races; null if there were too many.</summary>
    internal IReadOnlyList<RaceAhead>? Races => _races.Count < Most ? _races : null;

    /// <summary>The steps of the executions that they were seen in.</summary>
    internal IReadOnlyList<byte[]> Executions => _executions;

    /// <summary>The races of another execution follow.</summary>
    internal void Begin() => _isOpen = false;

    /// <summary>Whether a reversal was not noted before.</summary>
    internal bool IsNew(ulong identity) => _races.Count < Most && _known.Add(identity);

    /// <summary>Notes a race of the running execution.</summary>
    internal void Note(int level, int second, int number)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            var steps = new byte[machine.StepCount - from];
            for (int i = 0; i < steps.Length; i++)
            {
                steps[i] = (byte)machine.StepAt(from + i).Process;
            }

            _executions.Add(steps);
        }

        _races.Add(new RaceAhead(level, _executions.Count - 1, second, number));
    }
}
