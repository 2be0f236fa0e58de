using Sim.Machine.State;

namespace Sim.Explore.Strategies.Merging;

/// <summary>
/// Numbers 128-bit identities in the order in which they come up: open addressing, no objects. Two that
/// differ are taken for one with a probability of at most n²/2¹²⁹ for n good identities.
/// </summary>
internal sealed class IdentityTable
{
    private StateId[] _identities = new StateId[1024];
    private int[] _slots = new int[4096];

    /// <summary>How many identities there are.</summary>
    internal int Count { get; private set; }

    /// <summary>The number of an identity; a new one gets the next.</summary>
    internal int NumberOf(StateId identity, out bool isNew)
    {
        int slot = Find(identity);
        isNew = _slots[slot] == 0;
        if (!isNew)
        {
            return _slots[slot] - 1;
        }

        if (Count == _identities.Length)
        {
            Array.Resize(ref _identities, Count * 2);
        }

        _identities[Count] = identity;
        _slots[slot] = ++Count;
        if (Count * 2 > _slots.Length)
        {
            Grow();
        }

        return Count - 1;
    }

    private int Find(StateId identity)
    {
        int slot = (int)(identity.Low & (ulong)(_slots.Length - 1));
        while (_slots[slot] != 0 && _identities[_slots[slot] - 1] != identity)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 4];
        for (int i = 0; i < Count; i++)
        {
            _slots[Find(_identities[i])] = i + 1;
        }
    }
}
