using System.Collections.Immutable;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Explore;

/// <summary>
/// Recognises that the last steps of an execution lead back to a state in which it was, and can repeat for
/// ever under a fair scheduler: everybody who can run in any of these states does.
/// </summary>
/// <param name="machine">The machine; it keeps identities of states.</param>
internal sealed class LassoJudge(SimMachine machine)
{
    private readonly List<(StateId State, ulong Enabled)> _states = [];

    /// <summary>For each state, the routines that the fibers are in: what they lead to matters in a loop alone.</summary>
    private readonly List<Dictionary<Fiber, ImmutableArray<Type>>> _routines = [];

    /// <summary>Notes the state that the machine is in.</summary>
    internal void Note()
    {
        _states.Add((machine.Identity(), machine.Enabled()));
        _routines.Add(machine.AllFibers.Where(fiber => !fiber.IsFinished).ToDictionary(fiber => fiber, LeadsToAttribute.RoutinesOf));
    }

    /// <summary>Reports the loop in which the execution ends, if it does.</summary>
    internal void Judge()
    {
        int loop = _states.FindLastIndex(_states.Count - 2, state => state.State == _states[^1].State);
        for (; loop >= 0; loop = loop == 0 ? -1 : _states.FindLastIndex(loop - 1, state => state.State == _states[^1].State))
        {
            if (IsFair(loop, out ulong running))
            {
                Report(loop, running);
                return;
            }
        }
    }

    private bool IsFair(int loop, out ulong running)
    {
        running = 0;
        ulong able = 0;
        for (int i = loop; i < _states.Count - 1; i++)
        {
            running |= 1UL << machine.StepAt(i).Process;
            able |= _states[i].Enabled;
        }

        return (able & ~running) == 0;
    }

    /// <summary>The places that a fiber is on its way to in every state of the loop.</summary>
    private IEnumerable<string> NeverReached(Fiber fiber, int loop) => fiber.IsFinished
        ? []
        : _routines[loop..].Select(routines => LeadsToAttribute.PlacesAhead(routines[fiber]))
            .Aggregate((some, others) => some.Intersect(others)).Order(StringComparer.Ordinal);

    private void Report(int loop, ulong running)
    {
        var going = new List<string>();
        var waiting = new List<string>();
        var never = new List<string>();
        foreach (Fiber fiber in machine.AllFibers)
        {
            never.AddRange(NeverReached(fiber, loop).Select(place => $"{fiber.Name} never reaches {place}: "));
            if ((running & (1UL << fiber.Index)) != 0)
            {
                going.Add(fiber.Name);
            }
            else if (!fiber.IsFinished)
            {
                waiting.Add($"{fiber} waits for {Stuck.Describe(fiber.Pending)}");
            }
        }

        int steps = _states.Count - 1 - loop;
        string round = $"{string.Join(" and ", going)} {(going.Count == 1 ? "goes" : "go")} round for ever under a fair " +
            $"scheduler: the last {steps} steps end where they began";
        machine.Violate(
            waiting.Count == 0 ? "LIVELOCK" : "STARVATION",
            string.Concat(never) + (waiting.Count == 0 ? round : $"{string.Join("; ", waiting)}; meanwhile {round}"));
    }
}
