using System.Threading;
using Sim.Machine.Processors;

namespace Sim.Explore.Strategies.Parallel;

/// <summary>The numbers of processes, the same on all machines of one search; each machine remembers those it has asked for.</summary>
/// <param name="search">The numbers that are shared.</param>
internal sealed class SharedNumbers(SharedNumbers.Register search) : ProcessNumbers
{
    private readonly Dictionary<(int Parent, int Child), int> _asked = [];

    /// <inheritdoc/>
    internal override IReadOnlyList<(int Parent, int Child)> Known => search.Known();

    /// <inheritdoc/>
    internal override int Of(int parent, int child)
    {
        if (!_asked.TryGetValue((parent, child), out int number))
        {
            number = search.Of(parent, child);
            _asked.Add((parent, child), number);
        }

        return number;
    }

    /// <summary>Who is who in a search.</summary>
    internal sealed class Register
    {
        private readonly Lock _door = new();
        private readonly ProcessNumbers _numbers = new();

        /// <inheritdoc cref="ProcessNumbers.Known"/>
        internal IReadOnlyList<(int Parent, int Child)> Known()
        {
            lock (_door)
            {
                return [.. _numbers.Known];
            }
        }

        /// <inheritdoc cref="ProcessNumbers.Of"/>
        internal int Of(int parent, int child)
        {
            lock (_door)
            {
                return _numbers.Of(parent, child);
            }
        }
    }
}
