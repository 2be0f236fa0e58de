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

    /// <summary>Makes the event's own callback.</summary>
    Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine);
}

/// <summary>EXEC.</summary>
[Immutable]
internal readonly record struct ExecEvent : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Exec;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine)
        => ops.ReportExec(cpu, action, engine);
}

/// <summary>SYSCALL_EXIT.</summary>
[Immutable]
internal readonly record struct SyscallExitEvent : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.SyscallExit;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine)
        => ops.ReportSyscallExit(cpu, action, engine);
}

/// <summary>CLONE.</summary>
[Immutable]
internal readonly record struct CloneEvent(CloneFlags Flags, TaskStruct Child) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Clone;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine)
        => ops.ReportClone(cpu, action, engine, Flags, Child);
}

/// <summary>JCTL.</summary>
[Immutable]
internal readonly record struct JctlEvent(int Type, int Notify) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Jctl;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine)
        => ops.ReportJctl(cpu, action, engine, Type, Notify);
}

/// <summary>EXIT.</summary>
[Immutable]
internal readonly record struct ExitEvent(int Original, Guarded<int> Code) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Exit;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine)
        => ops.ReportExit(cpu, action, engine, Original, Code);
}

/// <summary>DEATH.</summary>
[Immutable]
internal readonly record struct DeathEvent(bool GroupDead, int Signal) : IReportedEvent
{
    public UtraceEvents Event => UtraceEvents.Death;

    public Op<Verdict> Call(EngineOps ops, Cpu cpu, ResumeAction action, UtraceEngine engine)
        => ops.ReportDeath(cpu, engine, GroupDead, Signal);
}
