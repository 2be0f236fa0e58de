using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Utrace.Reporting;

/// <summary>
/// An event that is reported to every engine in the same way, with what its callbacks are told. Each is a
/// value type, so that the report is compiled for it and the callback is one indirect call.
/// </summary>
internal interface IReportedEvent
{
    /// <summary>Its bit.</summary>
    UtraceEvents Event { get; }

    /// <summary>Whether the engine that attached last is told first.</summary>
    static virtual bool NewestFirst => false;

    /// <summary>Makes the event's own callback.</summary>
    /// <param name="ops">The engine's vector.</param>
    /// <param name="cpu">The processor.</param>
    /// <param name="soFar">What the engines before it have answered.</param>
    /// <param name="engine">The engine.</param>
    Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine);
}

/// <summary>EXEC.</summary>
[Immutable]
internal readonly record struct ExecEvent : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Exec;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine)
        => ops.ReportExec(cpu, soFar.Resume, engine);
}

/// <summary>SYSCALL_EXIT.</summary>
[Immutable]
internal readonly record struct SyscallExitEvent : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.SyscallExit;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine)
        => ops.ReportSyscallExit(cpu, soFar.Resume, engine);
}

/// <summary>SYSCALL_ENTRY, with whether it is reported again after a stop.</summary>
[Immutable]
internal readonly record struct SyscallEntryEvent(SyscallAction Resumed) : IReportedEvent
{
    public static bool NewestFirst => true;

    public UtraceEvents Event => UtraceEvents.SyscallEntry;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine)
        => ops.ReportSyscallEntry(cpu, soFar with { Bits = soFar.Bits | (int)Resumed }, engine);
}

/// <summary>CLONE.</summary>
[Immutable]
internal readonly record struct CloneEvent(CloneFlags Flags, TaskStruct Child) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Clone;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine)
        => ops.ReportClone(cpu, soFar.Resume, engine, Flags, Child);
}

/// <summary>JCTL.</summary>
[Immutable]
internal readonly record struct JctlEvent(int Type, int Notify) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Jctl;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine)
        => ops.ReportJctl(cpu, soFar.Resume, engine, Type, Notify);
}

/// <summary>EXIT.</summary>
[Immutable]
internal readonly record struct ExitEvent(int Original, Guarded<int> Code) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Exit;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine)
        => ops.ReportExit(cpu, soFar.Resume, engine, Original, Code);
}

/// <summary>DEATH.</summary>
[Immutable]
internal readonly record struct DeathEvent(bool GroupDead, int Signal) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Death;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, Verdict soFar, UtraceEngine engine)
        => ops.ReportDeath(cpu, engine, GroupDead, Signal);
}
