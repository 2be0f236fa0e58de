using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Futex;

/// <summary>struct futex_q: a task that waits. Being in the chain is being queued.</summary>
internal sealed class FutexWaiter : MachineObject
{
    private readonly Guarded<long> _memory;
    private readonly Guarded<ulong> _offset;
    private readonly Guarded<bool> _isShared;

    internal FutexWaiter(TaskStruct task, FutexKey key, uint bitset, int bucket)
        : base(task.Machine, "futex_q", task.Label)
    {
        Task = task;
        Bitset = bitset;
        Bucket = new Shared<int>(this, "lock_ptr", bucket);
        _memory = new Guarded<long>(this, "key.memory", null, key.Memory);
        _offset = new Guarded<ulong>(this, "key.offset", null, key.Offset);
        _isShared = new Guarded<bool>(this, "key.shared", null, key.IsShared);
    }

    internal TaskStruct Task { get; }

    internal uint Bitset { get; }

    /// <summary>The number of the bucket whose lock protects it.</summary>
    internal Shared<int> Bucket { get; }

    /// <summary>match_futex().</summary>
    internal bool HasKey(Cpu cpu, FutexKey key)
        => _memory.Get(cpu) == key.Memory && _offset.Get(cpu) == key.Offset && _isShared.Get(cpu) == key.IsShared;

    /// <summary>requeue_futex() but for the chains.</summary>
    internal void SetKey(Cpu cpu, FutexKey key)
    {
        _memory.Set(cpu, key.Memory);
        _offset.Set(cpu, key.Offset);
        _isShared.Set(cpu, key.IsShared);
    }
}
