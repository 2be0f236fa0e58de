using Sim.Kernel.Locking;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Pids;

/// <summary>
/// The numbers in use: pid_hash and the pid map. Looking a number up needs no lock, only an RCU read section;
/// pidmap_lock protects changes. Source: kernel/pid.c.
/// </summary>
/// <remarks>2.6.32 claims a number by test_and_set_bit() without pidmap_lock; here the lock covers that too.</remarks>
public sealed class PidTable : MachineObject
{
    private readonly LinuxKernel _kernel;
    private readonly SpinLock _lock;
    private readonly PidHash _hash;
    private readonly Guarded<int> _last;
    private readonly int _reserved;

    /// <summary>The struct whose number was given up last; only where <see cref="KernelSites.NewStructPid"/> was taken away.</summary>
    private readonly GuardedRef<Pid>? _retired;

    /// <summary>In direct mode, which may have very many numbers; null in an explored world.</summary>
    private readonly PidMap? _map;

    internal PidTable(LinuxKernel kernel, int pidMax, int reserved)
        : base(kernel.Machine, "pidmap", "pidmap")
    {
        _kernel = kernel;
        _reserved = reserved;
        _lock = new SpinLock(kernel.Machine, LockClass.Pidmap, "pidmap_lock");
        _last = new Guarded<int>(this, "last_pid", _lock);
        _hash = new PidHash(this, pidMax);
        _retired = Machine.IsWithout(KernelSites.NewStructPid) ? new GuardedRef<Pid>(this, "retired", _lock) : null;
        _map = Machine.IsDirect ? new PidMap(this, _lock, pidMax) : null;
    }

    /// <summary>One more than the largest number.</summary>
    public int PidMax => _hash.PidMax;

    /// <summary>How many numbers are in use, for observers.</summary>
    public int PeekCount => _hash.PeekCount;

    /// <summary>alloc_pid(): the next free number after the last one given out.</summary>
    /// <remarks>
    /// Locks:   takes pidmap_lock.
    /// Returns: a struct pid with one reference; null when every number is in use.
    /// Linux:   kernel/pid.c alloc_pid(), alloc_pidmap().
    /// </remarks>
    public async Op<Pid?> Alloc(Cpu cpu)
    {
        await _lock.Acquire(cpu);
        int nr = NextFree(cpu, _last.Get(cpu));
        Pid? pid = null;
        if (nr != 0)
        {
            _last.Set(cpu, nr);
            pid = TakeRetired(cpu, nr) ?? new Pid(_kernel, nr);
            _map?.Set(cpu, nr, used: true);
            await cpu.Store(_hash.At(nr), pid);
        }

        await _lock.Release(cpu);
        return pid;
    }

    /// <summary>free_pid(): the number is free at once, the struct after a grace period.</summary>
    /// <remarks>Locks: takes pidmap_lock; tasklist_lock for writing or no task uses the number.</remarks>
    public async Op Free(Cpu cpu, Pid pid)
    {
        await _lock.Acquire(cpu);
        _map?.Set(cpu, pid.Nr, used: false);
        await cpu.Store(_hash.At(pid.Nr), null);
        bool forgets = _retired is null;
        _retired?.Set(cpu, pid);
        await _lock.Release(cpu);
        if (forgets)
        {
            await _kernel.Rcu.Call(cpu, new DelayedPut(pid));
        }
    }

    /// <summary>find_vpid(): the struct pid of a number, or null.</summary>
    /// <remarks>Context: in an RCU read section, or with tasklist_lock held.</remarks>
    public async Op<Pid?> Find(Cpu cpu, int nr)
        => _hash.Find(nr) is { } slot ? await cpu.Load(slot) : null;

    /// <summary>find_task_by_vpid(): the task of a number, or null.</summary>
    /// <remarks>Context: in an RCU read section, which keeps the task, or with tasklist_lock held.</remarks>
    public async Op<TaskStruct?> FindTask(Cpu cpu, int nr)
        => await Find(cpu, nr) is { } pid ? await cpu.Load(pid.Task) : null;

    /// <summary>attach_pid() in the role of PIDTYPE_PID: the number names this task from now on.</summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public static async Op AttachTask(Cpu cpu, TaskStruct task, Pid pid) => await cpu.Store(pid.Task, task);

    /// <summary>attach_pid(): a thread group is in a process group or session from now on.</summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public static void Attach(Cpu cpu, TaskStruct leader, PidType type, Pid pid) => pid.Members(type).AddFirst(cpu, leader);

    /// <summary>detach_pid() in the role of PIDTYPE_PID: the number no longer names the task.</summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public async Op DetachTask(Cpu cpu, TaskStruct task, Pid pid)
    {
        if (ReferenceEquals(await cpu.Load(pid.Task), task))
        {
            await cpu.Store(pid.Task, null);
            await FreeIfUnused(cpu, pid, isTask: false);
        }
    }

    /// <summary>detach_pid(): a thread group leaves; the last user frees the number.</summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public async Op Detach(Cpu cpu, TaskStruct leader, PidType type, Pid pid)
    {
        pid.Members(type).Remove(cpu, leader);
        if (pid.Members(type).IsEmpty(cpu))
        {
            await FreeIfUnused(cpu, pid, isTask: await cpu.Load(pid.Task) is not null);
        }
    }

    /// <summary>transfer_pid(): another task uses the number in place of one.</summary>
    /// <remarks>Locks: tasklist_lock for writing.</remarks>
    public static void Transfer(Cpu cpu, TaskStruct from, TaskStruct to, PidType type, Pid pid)
    {
        pid.Members(type).AddFirst(cpu, to);
        pid.Members(type).Remove(cpu, from);
    }

    private Pid? TakeRetired(Cpu cpu, int nr)
    {
        if (_retired?.Get(cpu) is { } old && old.Nr == nr)
        {
            cpu.NoteRemoved(KernelSites.NewStructPid);
            _retired.Set(cpu, null);
            return old;
        }

        return null;
    }

    private async Op FreeIfUnused(Cpu cpu, Pid pid, bool isTask)
    {
        if (!isTask && pid.Members(PidType.Pgid).IsEmpty(cpu) && pid.Members(PidType.Sid).IsEmpty(cpu))
        {
            await Free(cpu, pid);
        }
    }

    /// <summary>alloc_pidmap(): after the last number come the larger ones, then those that are not reserved.</summary>
    private int NextFree(Cpu cpu, int last)
    {
        int lowest = Math.Max(1, _reserved);
        int larger = NextFree(cpu, last + 1, PidMax);
        return larger != 0 ? larger : NextFree(cpu, lowest, Math.Min(last + 1, PidMax));
    }

    private int NextFree(Cpu cpu, int from, int to)
    {
        if (_map is not null)
        {
            return _map.NextFree(cpu, from, to);
        }

        int nr = from;
        while (nr < to && _hash.At(nr).Peek is not null)
        {
            nr++;
        }

        return nr < to ? nr : 0;
    }

    /// <summary>delayed_put_pid().</summary>
    private sealed class DelayedPut(Pid pid)
        : RcuHead(pid.Machine, pid.Machine.Label($"put pid {pid.Nr}"))
    {
        public override Op Run(Cpu cpu) => pid.Put(cpu);
    }
}
