namespace Sim.Machine.Processors;

/// <summary>
/// Numbers the processes of a search. A process is who started it and how many that one had started
/// before, which no schedule can change; the first time that such a process comes up it gets the next
/// number, and keeps it for as long as the machine lives, also when its start is taken back. So two
/// steps that start processes do not disturb each other's numbers, and commute. On a machine that runs
/// one execution the numbers are the order of starts. Machines on several threads may have the same numbers:
/// a derived class sees to that.
/// </summary>
internal class ProcessNumbers
{
    private readonly Dictionary<(int Parent, int Child), int> _numbers = [];
    private readonly List<(int Parent, int Child)> _known = [];

    /// <summary>Who is who, by number: who starts the process, or -1, and as its how many-th.</summary>
    internal virtual IReadOnlyList<(int Parent, int Child)> Known => _known;

    /// <summary>The number of a process.</summary>
    /// <param name="parent">The number of the process that starts it, or -1 while a world is set up.</param>
    /// <param name="child">How many that one has started before.</param>
    internal virtual int Of(int parent, int child)
    {
        if (!_numbers.TryGetValue((parent, child), out int number))
        {
            number = _known.Count;
            _numbers.Add((parent, child), number);
            _known.Add((parent, child));
        }

        return number;
    }
}
