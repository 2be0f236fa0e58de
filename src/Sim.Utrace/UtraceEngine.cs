using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace;

/// <summary>
/// One engine attached to one task. Born with two references: its creator's, and one for being
/// attached. Source: spec section 1.4.
/// </summary>
public sealed class UtraceEngine : MachineObject
{
    private readonly EngineOps _releaseOps;
    private readonly Shared<int> _kref;

    internal UtraceEngine(TaskStruct task, EngineOps ops, MachineObject? data)
        : base(task.Machine, "engine", ops.Label)
    {
        Task = task;
        _releaseOps = ops;
        _kref = new Shared<int>(this, "kref", 2);
        Ops = new SharedRef<EngineOps>(this, "ops", ops);
        Flags = new Shared<UtraceEvents>(this, "flags");
        Data = data;
    }

    /// <summary>
    /// The real vector while attached, the detached vector while doomed but still linked, NULL once
    /// fully detached.
    /// </summary>
    public SharedRef<EngineOps> Ops { get; }

    /// <summary>The task that it was made for: to be compared and never followed, since the engine does not keep it.</summary>
    internal TaskStruct Task { get; }

    /// <summary>What the engine wants.</summary>
    public Shared<UtraceEvents> Flags { get; }

    /// <summary>The creator's own.</summary>
    public MachineObject? Data { get; }

    /// <summary>utrace_engine_get(): takes a reference.</summary>
    public async Op Get(Cpu cpu)
    {
        if (await cpu.Rmw(_kref, RmwKind.Add, 1) <= 0)
        {
            Machine.Violate("REFCOUNT", $"{this}: a reference to a destroyed engine is taken");
        }
    }

    /// <summary>utrace_engine_put(): drops a reference; the last one releases and frees the engine.</summary>
    public async Op Put(Cpu cpu)
    {
        int before = await cpu.Rmw(_kref, RmwKind.Add, -1);
        if (before <= 0)
        {
            Machine.Violate("REFCOUNT", $"{this}: a reference too many is dropped");
        }
        else if (before == 1)
        {
            await _releaseOps.Release(cpu, this);
            await cpu.Free(this);
        }
    }
}
