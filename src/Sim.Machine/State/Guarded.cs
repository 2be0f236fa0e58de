using System.Runtime.CompilerServices;
using Sim.Machine.Processors;

namespace Sim.Machine.State;

/// <summary>What protects a guarded cell: a lock, or the promise that one fiber at a time owns it.</summary>
public interface IGuardian
{
    /// <summary>Whether the fiber may access what this protects.</summary>
    /// <param name="fiber">Who accesses.</param>
    /// <param name="write">Whether it changes the cell.</param>
    bool Admits(Fiber fiber, bool write);
}

/// <summary>
/// A word that a lock protects, or that one fiber at a time owns. Accessing it is not a scheduling
/// point; that this loses no behaviour is checked at every access: the declared lock is held, and the
/// access is ordered with the last conflicting one.
/// </summary>
/// <param name="owner">The object the word belongs to.</param>
/// <param name="field">Its name there.</param>
/// <param name="guardian">What protects it; null when only the order of accesses does.</param>
/// <param name="initial">What it holds at first.</param>
public sealed class Guarded<T>(MachineObject owner, string field, IGuardian? guardian, T initial = default)
    : ValueCell<T>(owner, field, CellSort.Guarded, initial)
    where T : unmanaged
{
    /// <summary>Reads the word.</summary>
    public T Get(Cpu cpu)
    {
        Guard.Check(cpu, this, guardian, false);
        return Peek;
    }

    /// <summary>Writes the word.</summary>
    public void Set(Cpu cpu, T value)
    {
        Guard.Check(cpu, this, guardian, true);
        Guard.Put(cpu, this, Words.From(value));
    }
}

/// <summary>A pointer that a lock protects, or that one fiber at a time owns. See <see cref="Guarded{T}"/>.</summary>
/// <inheritdoc cref="Guarded{T}"/>
public sealed class GuardedRef<T>(MachineObject owner, string field, IGuardian? guardian, T? initial = null)
    : RefCell<T>(owner, field, CellSort.Guarded, initial)
    where T : MachineObject
{
    /// <summary>Reads the pointer.</summary>
    public T? Get(Cpu cpu)
    {
        Guard.Check(cpu, this, guardian, false);
        return Peek;
    }

    /// <summary>Writes the pointer.</summary>
    public void Set(Cpu cpu, T? value)
    {
        Guard.Check(cpu, this, guardian, true);
        Assign(value);
    }
}

/// <summary>The checks behind an access that is not a scheduling point.</summary>
internal static class Guard
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(Cpu cpu, Cell cell, IGuardian? guardian, bool write)
    {
        if (!cpu.Machine.IsDirect && cpu.Machine.CurrentProcess >= 0)
        {
            CheckExplored(cpu, cell, guardian, write);
        }
    }

    internal static void Put(Cpu cpu, Cell cell, long bits)
    {
        if (cpu.Machine.IsDirect)
        {
            cell.PutDirect(bits);
        }
        else
        {
            cell.SetBits(bits);
        }
    }

    private static void CheckExplored(Cpu cpu, Cell cell, IGuardian? guardian, bool write)
    {
        cell.CheckAlive();
        SimMachine machine = cpu.Machine;
        if (guardian is not null && !guardian.Admits(cpu.Fiber, write))
        {
            machine.Violate("LOCKDEP", $"{cpu.Fiber} {(write ? "writes" : "reads")} {cell} without holding {guardian}");
        }

        // What a fiber does before its first operation is its own, though another's step starts it.
        Fiber fiber = cpu.Fiber;
        bool hasBegun = machine.CurrentEvent >= 0 && machine.History.Events[machine.CurrentEvent].Process == fiber.Index;
        ReadOnlySpan<ushort> clock = hasBegun
            ? machine.History.Clock(machine.CurrentEvent)
            : machine.History.BirthClock(fiber.ParentEvent, fiber.Parent);
        int other = machine.History.FindUnordered(fiber.Index, clock, cell, write);
        if (other >= 0)
        {
            machine.Violate("KCSAN", $"data race on {cell}: {cpu.Fiber} {(write ? "writes" : "reads")} it, " +
                $"unordered with an access by {machine.FiberAt(other % machine.FlusherBase)}");
        }

        machine.History.RecordOnce(machine.CurrentEvent, fiber.Index, cell, write);
    }
}
