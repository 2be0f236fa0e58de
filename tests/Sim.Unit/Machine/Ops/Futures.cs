using System.Numerics;
using Sim.Machine;
using Sim.Machine.Memory;

namespace Sim.Unit.Machine.Ops;

/// <summary>Makes a world on a machine; what it answers renders the outcome of an execution.</summary>
internal delegate Func<string> ToyWorld(SimMachine machine);

/// <summary>
/// All outcomes of a small world, found in two ways that must agree: in place, by taking steps back
/// and going on differently, and by running every schedule on a fresh machine that copies nothing.
/// </summary>
internal static class Futures
{
    /// <summary>Checks that both ways give the same outcomes in the same order; answers them.</summary>
    internal static List<string> Agreed(ToyWorld world, MemoryModel memory = MemoryModel.Sc)
    {
        List<string> replayed = Replayed(world, memory);
        Assert.Equal(replayed, InPlace(world, memory));
        return replayed;
    }

    /// <summary>Depth first, by step and undo.</summary>
    internal static List<string> InPlace(ToyWorld world, MemoryModel memory = MemoryModel.Sc)
    {
        var machine = new SimMachine(new MachineOptions { Memory = memory });
        Func<string> outcome = world(machine);
        machine.Start(undoable: true, collectRaces: false, hashing: false);
        var outcomes = new List<string>();
        Explore(machine, outcome, outcomes);
        Assert.Equal(0, machine.StepCount);
        return outcomes;
    }

    /// <summary>Every schedule from the beginning, on a machine that runs its frames in place.</summary>
    internal static List<string> Replayed(ToyWorld world, MemoryModel memory = MemoryModel.Sc)
    {
        var outcomes = new List<string>();
        var choices = new List<(int Taken, int Of)>();
        do
        {
            outcomes.Add(Replay(world, memory, choices));
        }
        while (Advance(choices));
        return outcomes;
    }

    /// <summary>Steps the lowest enabled process until nobody can run.</summary>
    internal static void RunToEnd(SimMachine machine)
    {
        while (machine.Enabled() is var enabled and not 0)
        {
            machine.Step(BitOperations.TrailingZeroCount(enabled), 0);
        }
    }

    /// <summary>Takes steps back until <paramref name="depth"/> are left.</summary>
    internal static void UndoTo(SimMachine machine, int depth)
    {
        while (machine.StepCount > depth)
        {
            machine.Undo();
        }
    }

    private static void Explore(SimMachine machine, Func<string> outcome, List<string> outcomes)
    {
        List<(int Process, int Alternative)> moves = Moves(machine);
        if (moves.Count == 0)
        {
            outcomes.Add(Render(machine, outcome));
        }

        foreach ((int process, int alternative) in moves)
        {
            machine.Step(process, alternative);
            Explore(machine, outcome, outcomes);
            machine.Undo();
        }
    }

    private static string Replay(ToyWorld world, MemoryModel memory, List<(int Taken, int Of)> choices)
    {
        var machine = new SimMachine(new MachineOptions { Memory = memory });
        Func<string> outcome = world(machine);
        machine.Start(undoable: false, collectRaces: false, hashing: false);
        for (int depth = 0; ; depth++)
        {
            List<(int Process, int Alternative)> moves = Moves(machine);
            if (moves.Count == 0)
            {
                return Render(machine, outcome);
            }

            if (depth == choices.Count)
            {
                choices.Add((0, moves.Count));
            }

            (int process, int alternative) = moves[choices[depth].Taken];
            machine.Step(process, alternative);
        }
    }

    private static bool Advance(List<(int Taken, int Of)> choices)
    {
        while (choices.Count > 0)
        {
            (int taken, int of) = choices[^1];
            if (taken + 1 < of)
            {
                choices[^1] = (taken + 1, of);
                return true;
            }

            choices.RemoveAt(choices.Count - 1);
        }

        return false;
    }

    private static List<(int Process, int Alternative)> Moves(SimMachine machine)
    {
        var moves = new List<(int, int)>();
        if (machine.Violation is not null)
        {
            return moves;
        }

        for (ulong rest = machine.Enabled(); rest != 0; rest &= rest - 1)
        {
            int process = BitOperations.TrailingZeroCount(rest);
            for (int i = 0; i < machine.AlternativesOf(process); i++)
            {
                moves.Add((process, i));
            }
        }

        return moves;
    }

    private static string Render(SimMachine machine, Func<string> outcome)
        => machine.Violation is { } violation
            ? $"{violation.Guarantee}: {violation.Message}"
            : outcome();
}
