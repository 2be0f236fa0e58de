using Sim.Machine.Processors;

namespace Sim.Machine.State;

/// <summary>
/// A place for a value of any size that never changes itself and is replaced as a whole. Like a guarded
/// cell, it is no scheduling point and is checked on every access.
/// </summary>
/// <param name="owner">The object the value belongs to.</param>
/// <param name="field">Its name there.</param>
/// <param name="guardian">What protects it; null when only the order of accesses does.</param>
/// <param name="initial">What stands there at first.</param>
public sealed class GuardedValue<T>(MachineObject owner, string field, IGuardian? guardian, T initial)
    : Undoable, IIdentified
    where T : class, IIdentified
{
    private readonly Guarded<ulong> _version = new(owner, field, guardian, initial.Identity);
    private readonly List<T> _replaced = [];
    private T _value = initial;

    ulong IIdentified.Identity => _version.Place;

    /// <summary>The value, for observers.</summary>
    public T Peek => _value;

    /// <summary>Reads the value.</summary>
    public T Get(Cpu cpu)
    {
        Guard.Check(cpu, _version, guardian, false);
        return _value;
    }

    /// <summary>Reads the value without the lock, where something else orders the reader after the last change.</summary>
    public T GetOrdered(Cpu cpu)
    {
        Guard.Check(cpu, _version, null, false);
        return _value;
    }

    /// <summary>Replaces the value.</summary>
    public void Set(Cpu cpu, T value)
    {
        Guard.Check(cpu, _version, guardian, true);
        if (owner.Machine.IsUndoable)
        {
            owner.Machine.RecordUndo(this, 0, 0);
            _replaced.Add(_value);
        }

        _value = value;
        Guard.Put(cpu, _version, (long)value.Identity);
    }

    internal override void Undo(int slot, long old)
    {
        _value = _replaced[^1];
        _replaced.RemoveAt(_replaced.Count - 1);
    }
}
