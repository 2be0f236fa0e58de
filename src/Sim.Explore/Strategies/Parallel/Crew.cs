using System.Threading;

using Sim.Machine;

namespace Sim.Explore.Strategies.Parallel;

/// <summary>
/// The threads that explore planned branches ahead of the search, each on a machine of its own. Whether they
/// are quick or slow, or there at all, changes nothing about what the search finds.
/// </summary>
internal sealed class Crew : IDisposable
{
    private readonly object _door = new();
    private readonly LinkedList<Errand> _waiting = [];
    private readonly Thread[] _threads;
    private volatile int _room;
    private volatile bool _isOver;

    /// <summary>Starts the threads.</summary>
    /// <param name="helpers">How many.</param>
    /// <param name="world">The world; each thread makes one of its own.</param>
    /// <param name="options">What the search explores.</param>
    /// <param name="lanes">For how many processes the machines have room.</param>
    /// <param name="numbers">The numbers of the processes.</param>
    internal Crew(int helpers, World world, ExploreOptions options, int lanes, SharedNumbers.Register numbers)
    {
        ExploreOptions each = options with
        {
            Stop = _ => _isOver,
            Executions = null,
            Resume = null,
            Checkpoint = null,
            WantsCheckpoint = null,
            OnExecution = null,
        };
        _room = helpers * 2;
        _threads = new Thread[helpers];
        for (int i = 0; i < helpers; i++)
        {
            _threads[i] = new Thread(() => Work(world, each, each.ForMachine(lanes, new SharedNumbers(numbers))))
            {
                IsBackground = true,
                Name = $"sim helper {i + 1}",
            };
            _threads[i].Start();
        }
    }

    /// <summary>Whether somebody has nothing to do, or soon will have.</summary>
    internal bool HasRoom => _room > 0;

    /// <summary>Hands an errand out.</summary>
    internal void Offer(Errand errand)
    {
        lock (_door)
        {
            _room--;
            _waiting.AddLast(errand);
            Monitor.PulseAll(_door);
        }
    }

    /// <summary>What came of an errand so far; null unless somebody came to its end.</summary>
    internal Outcome? Done(Errand errand)
    {
        lock (_door)
        {
            return errand.IsDone ? errand.Outcome : null;
        }
    }

    /// <summary>
    /// What came of an errand, now that its turn has come; null when nothing did. Waits for who is at it to
    /// come to an end, which is soon.
    /// </summary>
    internal Outcome? Collect(Errand errand)
    {
        lock (_door)
        {
            if (_waiting.Remove(errand))
            {
                _room++;
                return null;
            }

            errand.IsWanted = true;
            while (!errand.IsDone)
            {
                Monitor.Wait(_door);
            }

            return errand.Outcome;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_door)
        {
            _isOver = true;
            Monitor.PulseAll(_door);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work(World world, ExploreOptions options, MachineOptions machine)
    {
        PartialOrder? search = null;
        while (Next() is { } errand)
        {
            Outcome? outcome = null;
            try
            {
                search ??= Begin(world, options, machine);
                outcome = search.Run(errand);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // The search will come to the same point, and tell.
                search = null;
            }

            lock (_door)
            {
                errand.Outcome = _isOver ? null : outcome;
                errand.IsDone = true;
                _room++;
                Monitor.PulseAll(_door);
            }
        }
    }

    private static PartialOrder Begin(World world, ExploreOptions options, MachineOptions made)
    {
        var machine = new SimMachine(made);
        Action? atEnd = world(machine);
        machine.Start(undoable: true, collectRaces: true, hashing: false);
        return new PartialOrder(machine, atEnd, options, crew: null);
    }

    private Errand? Next()
    {
        lock (_door)
        {
            while (!_isOver)
            {
                if (_waiting.First is { } first)
                {
                    _waiting.RemoveFirst();
                    return first.Value;
                }

                Monitor.Wait(_door);
            }

            return null;
        }
    }
}
