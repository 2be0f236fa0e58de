using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// An engine's callbacks that do nothing but tell the laws when they begin and end, and answer what
/// the scenario wants.
/// </summary>
/// <param name="watch">Who is told.</param>
/// <param name="onQuiesce">Answer to quiesce.</param>
/// <param name="onExit">Answer to exit.</param>
/// <param name="onDeath">Answer to death.</param>
public sealed class WatchedOps(
    EngineWatch watch,
    ResumeAction onQuiesce = ResumeAction.Resume,
    ResumeAction onExit = ResumeAction.Resume,
    ResumeAction onDeath = ResumeAction.Resume)
    : EngineOps(watch.Machine, watch.Label)
{
    /// <summary>Who is told.</summary>
    public EngineWatch Watch { get; } = watch;

    /// <inheritdoc/>
    public override async Op<Verdict> ReportQuiesce(
        Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
    {
        await Begin(cpu, UtraceEvents.Quiesce);
        await End(cpu, UtraceEvents.Quiesce, onQuiesce);
        return onQuiesce;
    }

    /// <inheritdoc/>
    public override async Op<Verdict> ReportExit(
        Cpu cpu, ResumeAction action, UtraceEngine engine, int code)
    {
        await Begin(cpu, UtraceEvents.Exit);
        await End(cpu, UtraceEvents.Exit, onExit);
        return onExit;
    }

    /// <inheritdoc/>
    public override async Op<Verdict> ReportDeath(
        Cpu cpu, UtraceEngine engine, bool groupDead, int signal)
    {
        await Begin(cpu, UtraceEvents.Death);
        await End(cpu, UtraceEvents.Death, onDeath);
        return onDeath;
    }

    /// <inheritdoc/>
    public override async Op ReportReap(Cpu cpu, UtraceEngine engine, TaskStruct task)
    {
        await Begin(cpu, UtraceEvents.Reap);
        await End(cpu, UtraceEvents.Reap, ResumeAction.Resume);
    }

    /// <inheritdoc/>
    public override async Op Release(Cpu cpu, UtraceEngine engine)
        => await Watch.See(cpu, new EngineEvent(EngineEventKind.Released));

    private Op Begin(Cpu cpu, UtraceEvents reported)
        => Watch.See(cpu, new EngineEvent(EngineEventKind.CallbackBegan, reported));

    private Op End(Cpu cpu, UtraceEvents reported, ResumeAction answer)
        => Watch.See(cpu, new EngineEvent(EngineEventKind.CallbackEnded, reported, Action: answer));
}
