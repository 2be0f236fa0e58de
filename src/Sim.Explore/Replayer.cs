using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.Tracing;

namespace Sim.Explore;

/// <summary>A schedule does not fit the world: it was made by another version, or the world changed.</summary>
public sealed class DivergenceException(int step, string why)
    : Exception($"the replay diverges at step {step}: {why}")
{
    /// <summary>The step that could not be taken, counted from 0.</summary>
    public int Step { get; } = step;
}

/// <summary>Runs one schedule again, exactly, and records what happens.</summary>
public static class Replayer
{
    /// <summary>Runs a schedule.</summary>
    /// <param name="world">The world.</param>
    /// <param name="options">Memory model and sites taken away.</param>
    /// <param name="schedule">Who takes each step.</param>
    /// <exception cref="DivergenceException">A step cannot be taken; says which and why.</exception>
    public static Recording Run(World world, ExploreOptions options, Schedule schedule)
    {
        var events = new List<TraceEvent>();
        return Explorer.OnMachine(
            world,
            options,
            (machine, atEnd) => Run(machine, atEnd, schedule, events),
            machine =>
            {
                events.Clear();
                machine.Tracer = events.Add;
            });
    }

    private static Recording Run(
        SimMachine machine, Action? atEnd, Schedule schedule, List<TraceEvent> events)
    {
        machine.Start(undoable: true, collectRaces: false, hashing: true);
        var steps = new List<Step>(schedule.Length);
        int last = -1;
        var judge = new LassoJudge(machine);
        judge.Note();
        for (int i = 0; i < schedule.Length; i++)
        {
            Choice choice = schedule.Choices[i];
            Check(machine, i, choice);
            bool isFlush = choice.Process >= machine.FlusherBase;
            int fiber = isFlush ? choice.Process - machine.FlusherBase : choice.Process;
            bool isSwitch = !isFlush && last >= 0 && last != fiber;
            steps.Add(new Step(choice, fiber, isFlush, isSwitch, isSwitch && machine.IsEnabled(last)));
            machine.Step(choice.Process, choice.Alternative);
            judge.Note();
            last = isFlush ? last : fiber;
        }

        ulong endState = machine.Identity().Low;
        if (machine.Violation is null && machine.Enabled() == 0)
        {
            Stuck.CheckEnd(machine, atEnd);
        }
        else if (machine.Violation is null)
        {
            judge.Judge();
        }

        return new Recording
        {
            Fibers = [.. machine.AllFibers.Select(fiber => fiber.Name)],
            Steps = steps,
            Events = events,
            Violation = machine.Violation,
            EndState = endState,
        };
    }

    private static void Check(SimMachine machine, int step, Choice choice)
    {
        int index = choice.Process % machine.FlusherBase;
        if (choice.Process >= machine.History.Lanes && machine.History.Lanes < Explorer.MostLanes)
        {
            throw new TooManyProcessesException(machine.FlusherBase);
        }

        if (choice.Process < 0 || choice.Process >= machine.History.Lanes || index >= machine.AllFibers.Count)
        {
            throw new DivergenceException(step, $"there is no process {choice.Process}");
        }

        Fiber fiber = machine.AllFibers[index];
        if (!machine.IsEnabled(choice.Process))
        {
            string why = choice.Process >= machine.FlusherBase
                ? $"the store buffer of {fiber} is empty"
                : fiber.IsFinished ? $"{fiber} has ended" : $"{fiber} is blocked at {Stuck.Describe(fiber.Pending)}";
            throw new DivergenceException(step, why);
        }

        if (choice.Alternative >= machine.AlternativesOf(choice.Process))
        {
            throw new DivergenceException(step, $"{fiber} has no alternative {choice.Alternative}");
        }
    }
}
