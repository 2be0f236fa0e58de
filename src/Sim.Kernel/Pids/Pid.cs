using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Pids;

/// <summary>enum pid_type: in which role a number is used.</summary>
public enum PidType
{
    /// <summary>PIDTYPE_PID: of one task.</summary>
    Pid = 0,

    /// <summary>PIDTYPE_PGID: of a process group.</summary>
    Pgid = 1,

    /// <summary>PIDTYPE_SID: of a session.</summary>
    Sid = 2,
}

/// <summary>
/// struct pid: a name for a task, a process group or a session, which outlives them while someone holds
/// it. A number that is used again is another <see cref="Pid"/>. Source: spec section 1.3.
/// </summary>
public sealed class Pid : MachineObject
{
    private readonly MachineList<TaskStruct> _group;
    private readonly MachineList<TaskStruct> _session;

    internal Pid(LinuxKernel kernel, int nr)
        : base(kernel.Machine, "pid")
    {
        Nr = nr;
        Count = new Shared<int>(this, "count", 1);
        Task = new SharedRef<TaskStruct>(this, "tasks[PIDTYPE_PID]");
        _group = new MachineList<TaskStruct>(this, "tasks[PIDTYPE_PGID]", kernel.Tasklist);
        _session = new MachineList<TaskStruct>(this, "tasks[PIDTYPE_SID]", kernel.Tasklist);
    }

    /// <summary>The number.</summary>
    public int Nr { get; }

    /// <summary>References.</summary>
    public Shared<int> Count { get; }

    /// <summary>
    /// The task whose number it is: changed under tasklist_lock, read under RCU. While exec moves a number from
    /// the leader to another thread both use it, and the later one is found.
    /// </summary>
    public SharedRef<TaskStruct> Task { get; }

    /// <summary>The leaders of the thread groups that are in this process group or session.</summary>
    /// <param name="type"><see cref="PidType.Pgid"/> or <see cref="PidType.Sid"/>.</param>
    public MachineList<TaskStruct> Members(PidType type) => type switch
    {
        PidType.Pgid => _group,
        PidType.Sid => _session,
        PidType.Pid or _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>get_pid(): takes a reference.</summary>
    public async Op Get(Cpu cpu)
    {
        if (await cpu.Rmw(Count, RmwKind.Add, 1) <= 0)
        {
            Machine.Violate("REFCOUNT", $"{this}: a reference to a pid without references is taken");
        }
    }

    /// <summary>put_pid(): drops a reference; the last one frees it.</summary>
    public async Op Put(Cpu cpu)
    {
        int before = await cpu.Rmw(Count, RmwKind.Add, -1);
        if (before <= 0)
        {
            Machine.Violate("REFCOUNT", $"{this}: a reference too many is dropped");
        }
        else if (before == 1)
        {
            await cpu.Free(this);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"pid[{Nr}]");
}
