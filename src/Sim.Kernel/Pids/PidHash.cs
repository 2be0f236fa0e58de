using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Kernel.Pids;

/// <summary>
/// pid_hash: from a number to its <see cref="Pid"/>. In direct mode a word is made when its number is first
/// given out, so that a large pid_max costs nothing; an explored world has all of them from the start, since
/// its state must not depend on the schedule.
/// </summary>
internal sealed class PidHash
{
    private const int PageSize = 512;
    private readonly PidTable _table;
    private readonly SharedRef<Pid>?[] _slots;
    private readonly Page?[] _pages = [];

    internal PidHash(PidTable table, int pidMax)
    {
        _table = table;
        _slots = new SharedRef<Pid>?[pidMax];
        if (table.Machine.IsDirect)
        {
            _pages = new Page?[(pidMax + PageSize - 1) / PageSize];
            return;
        }

        for (int nr = 0; nr < pidMax; nr++)
        {
            _slots[nr] = new SharedRef<Pid>(table, FormattableString.Invariant($"pid_hash[{nr}]"));
        }
    }

    /// <summary>One more than the largest number.</summary>
    internal int PidMax => _slots.Length;

    /// <summary>How many numbers are in use, for observers.</summary>
    internal int PeekCount => _slots.Count(slot => slot?.Peek is not null);

    /// <summary>The word of a number; null when there is none, or it was never given out.</summary>
    internal SharedRef<Pid>? Find(int nr) => nr > 0 && nr < _slots.Length ? _slots[nr] : null;

    /// <summary>The word of a number that is given out.</summary>
    internal SharedRef<Pid> At(int nr) => _slots[nr] ??= Make(nr);

    private SharedRef<Pid> Make(int nr)
    {
        Bug.On(!_table.Machine.IsDirect);
        Page page = _pages[nr / PageSize] ??= new Page(_table);
        return new SharedRef<Pid>(page, "pid_hash");
    }

    /// <summary>What owns some of the words: an object names no more of its words than 16 bits can.</summary>
    private sealed class Page(PidTable table) : MachineObject(table, "pid_hash");
}
