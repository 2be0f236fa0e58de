using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Explore;

/// <summary>
/// Who does what: for each thread the operations it performs, one after the other. Random plans and an
/// exploration of each make a property test: `Sim.Explore.FsCheck` generates them and makes those smaller that fail.
/// </summary>
/// <typeparam name="T">An operation: a number, an enum, a record struct of those.</typeparam>
[Immutable]
public sealed class Plan<T>
    where T : struct
{
    private readonly T[][] _threads;

    /// <summary>A plan; the lists are copied.</summary>
    public Plan(IEnumerable<IEnumerable<T>> threads) => _threads = [.. threads.Select(thread => thread.ToArray())];

    /// <summary>The operations of each thread.</summary>
    public IReadOnlyList<IReadOnlyList<T>> Threads => _threads;

    /// <summary>How many operations there are.</summary>
    public int Count => _threads.Sum(thread => thread.Length);

    /// <summary>The plan as a world: each thread performs its operations on a subject that all share.</summary>
    /// <param name="make">Makes the subject on a fresh machine.</param>
    /// <param name="perform">Performs one operation.</param>
    /// <param name="atEnd">What must hold at the end of every execution; null when there is nothing to check there.</param>
    public World World<TSubject>(
        Func<SimMachine, TSubject> make, Func<Cpu, TSubject, T, Op> perform, Action<TSubject>? atEnd = null)
        => machine =>
        {
            TSubject subject = make(machine);
            for (int i = 0; i < _threads.Length; i++)
            {
                var thread = new Thread<TSubject>(subject, _threads[i], perform);
                machine.Spawn($"thread {i}", thread.Run);
            }

            return atEnd is null ? null : () => atEnd(subject);
        };

    /// <summary>Plans with a thread or an operation less, those first that leave out most.</summary>
    public IEnumerable<Plan<T>> Smaller()
    {
        for (int i = 0; i < _threads.Length && _threads.Length > 1; i++)
        {
            yield return new Plan<T>(_threads.Where((_, at) => at != i));
        }

        for (int i = 0; i < _threads.Length; i++)
        {
            for (int k = 0; k < _threads[i].Length && _threads[i].Length > 1; k++)
            {
                (int thread, int left) = (i, k);
                yield return new Plan<T>(_threads.Select(
                    (all, at) => at == thread ? all.Where((_, place) => place != left) : all));
            }
        }
    }

    /// <summary>The threads, one after the other.</summary>
    public override string ToString() => string.Join(" | ", _threads.Select(thread => string.Join("; ", thread)));

    [Immutable]
    private sealed class Thread<TSubject>(TSubject subject, T[] operations, Func<Cpu, TSubject, T, Op> perform)
    {
        internal async Op Run(Cpu cpu)
        {
            for (int i = 0; i < operations.Length; i++)
            {
                await perform(cpu, subject, operations[i]);
            }
        }
    }
}
