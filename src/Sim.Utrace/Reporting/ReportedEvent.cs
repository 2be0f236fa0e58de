using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace.Reporting;

/// <summary>An event that is reported to every engine in the same way, with what its callbacks are told.</summary>
[Immutable]
internal readonly record struct ReportedEvent
{
    private ReportedEvent(UtraceEvents happens) => Event = happens;

    /// <summary>Its bit.</summary>
    internal UtraceEvents Event { get; }

    private CloneFlags Flags { get; init; }

    private TaskStruct? Child { get; init; }

    private int First { get; init; }

    private int Second { get; init; }

    private Guarded<int>? Code { get; init; }

    internal static ReportedEvent Exec => new(UtraceEvents.Exec);

    internal static ReportedEvent SyscallExit => new(UtraceEvents.SyscallExit);

    internal static ReportedEvent Cloned(CloneFlags flags, TaskStruct child)
        => new(UtraceEvents.Clone) { Flags = flags, Child = child };

    internal static ReportedEvent Jctl(int type, int notify)
        => new(UtraceEvents.Jctl) { First = type, Second = notify };

    internal static ReportedEvent Exit(int original, Guarded<int> code)
        => new(UtraceEvents.Exit) { First = original, Code = code };

    internal static ReportedEvent Death(bool groupDead, int signal)
        => new(UtraceEvents.Death) { First = groupDead ? 1 : 0, Second = signal };

    /// <summary>Makes the event's own callback.</summary>
    internal Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine) => Event switch
    {
        UtraceEvents.Exec => ops.ReportExec(cpu, action, engine),
        UtraceEvents.SyscallExit => ops.ReportSyscallExit(cpu, action, engine),
        UtraceEvents.Clone => ops.ReportClone(cpu, action, engine, Flags, Child!),
        UtraceEvents.Jctl => ops.ReportJctl(cpu, action, engine, First, Second),
        UtraceEvents.Exit => ops.ReportExit(cpu, action, engine, First, Code!),
        UtraceEvents.Death => ops.ReportDeath(cpu, engine, First != 0, Second),
        UtraceEvents.None or UtraceEvents.Quiesce or UtraceEvents.Reap or UtraceEvents.SyscallEntry or
            UtraceEvents.Signal or UtraceEvents.SignalIgnored or UtraceEvents.SignalStop or
            UtraceEvents.SignalTerminate or UtraceEvents.SignalCore or UtraceEvents.SignalAll or
            UtraceEvents.EngineStop or UtraceEvents.Syscall or UtraceEvents.DeathEvents or _ => throw new System.Diagnostics.UnreachableException(),
    };
}
