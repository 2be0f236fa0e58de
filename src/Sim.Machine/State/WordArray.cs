using System.Runtime.CompilerServices;
using Sim.Machine.Processors;

namespace Sim.Machine.State;

/// <summary>
/// A row of 64-bit words owned by the machine: writes are undone with the step that made them. Like a
/// guarded cell it is no scheduling point; lifetime, lock and order are checked for the row as a whole.
/// In direct mode an access is an array access.
/// </summary>
/// <param name="owner">The object the words belong to.</param>
/// <param name="field">Their name there.</param>
/// <param name="guardian">What protects them; null when only the order of accesses does.</param>
/// <param name="length">How many words there are, all 0 at first.</param>
public sealed class WordArray(MachineObject owner, string field, IGuardian? guardian, int length)
    : Undoable, IIdentified
{
    /// <summary>Stands for the row where accesses are checked, and holds a hash of its content.</summary>
    private readonly Guarded<ulong> _content = new(owner, field, guardian);
    private readonly ulong[] _words = new ulong[length];

    /// <summary>How many words there are.</summary>
    public int Length => _words.Length;

    ulong IIdentified.Identity => _content.Place;

    /// <summary>A word in memory now; for observers and for setting up a world, not for routines.</summary>
    public ulong Peek(int index) => _words[index];

    /// <summary>Reads a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Get(Cpu cpu, int index)
    {
        Guard.Check(cpu, _content, guardian, false);
        return _words[index];
    }

    /// <summary>Writes a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(Cpu cpu, int index, ulong value)
    {
        if (cpu.Machine.IsDirect)
        {
            _words[index] = value;
        }
        else
        {
            Guard.Check(cpu, _content, guardian, true);
            Put(index, value);
        }
    }

    /// <summary>Makes every word equal to that of another row of the same length.</summary>
    public void CopyFrom(Cpu cpu, WordArray source)
    {
        Bug.On(source.Length != Length);
        for (int i = 0; i < _words.Length; i++)
        {
            Set(cpu, i, source.Get(cpu, i));
        }
    }

    internal override void Undo(int slot, long old) => _words[slot] = (ulong)old;

    /// <summary>A word that holds 0 contributes nothing, so that a new row is the empty hash.</summary>
    private static ulong Contribution(int index, ulong value)
        => value == 0 ? 0 : StateHash.At((ulong)index, (long)value);

    private void Put(int index, ulong value)
    {
        ulong old = _words[index];
        if (old == value)
        {
            return;
        }

        owner.Machine.RecordUndo(this, index, (long)old);
        _words[index] = value;
        ulong content = _content.Peek ^ Contribution(index, old) ^ Contribution(index, value);
        _content.SetBits((long)content);
    }
}
