using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace.State;

namespace Sim.Utrace.Control;

/// <summary>utrace_attach_task() without UTRACE_ATTACH_CREATE: finding an engine. Source: spec section 3.1.</summary>
internal static class EngineLookup
{
    /// <summary>Finds an engine and takes a reference to it.</summary>
    /// <remarks>Locks: takes utrace->lock. Returns: ENOENT when none matches.</remarks>
    internal static async Op<AttachResult> Lookup(
        Cpu cpu, UtraceStruct? utrace, AttachFlags flags, EngineOps? ops, MachineObject? data)
    {
        if (utrace is null)
        {
            return AttachResult.Failed(Errno.ENOENT);
        }

        await utrace.Lock.Acquire(cpu, UtraceSites.UtraceLock.Attach);
        UtraceEngine? found = await Find(cpu, utrace, flags, ops, data);
        if (found is not null)
        {
            await found.Get(cpu);
        }

        await utrace.Lock.Release(cpu);
        return new AttachResult(found is null ? Errno.ENOENT : Errno.None, found);
    }

    /// <summary>find_matching_engine(): the first live engine that matches.</summary>
    /// <remarks>Locks: utrace->lock.</remarks>
    internal static async Op<UtraceEngine?> Find(
        Cpu cpu, UtraceStruct utrace, AttachFlags flags, EngineOps? ops, MachineObject? data)
        => await FindIn(cpu, utrace.Attached, flags, ops, data) ??
            await FindIn(cpu, utrace.Attaching, flags, ops, data);

    private static async Op<UtraceEngine?> FindIn(
        Cpu cpu, MachineList<UtraceEngine> engines, AttachFlags flags, EngineOps? ops, MachineObject? data)
    {
        for (int i = 0; i < engines.Count(cpu); i++)
        {
            UtraceEngine engine = engines.At(cpu, i);
            EngineOps? its = await cpu.ReadOnce(engine.Ops);
            if (its is not (null or DetachedOps) && Matches(engine, its, flags, ops, data))
            {
                return engine;
            }
        }

        return null;
    }

    private static bool Matches(
        UtraceEngine engine, EngineOps its, AttachFlags flags, EngineOps? ops, MachineObject? data)
        => ((flags & AttachFlags.MatchOps) == AttachFlags.None || ReferenceEquals(its, ops)) &&
            ((flags & AttachFlags.MatchData) == AttachFlags.None || ReferenceEquals(engine.Data, data));
}
