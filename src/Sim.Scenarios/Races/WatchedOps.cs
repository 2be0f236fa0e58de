using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>
/// An engine's callbacks that tell the laws when they begin and end, do what the scenario wants in between, and
/// answer what it wants. Derive from it for an engine that does awkward things.
/// </summary>
/// <param name="watch">Who is told.</param>
/// <param name="onQuiesce">Answer to quiesce.</param>
/// <param name="onExit">Answer to exit.</param>
/// <param name="onDeath">Answer to death.</param>
public class WatchedOps(
    EngineWatch watch,
    ResumeAction onQuiesce = ResumeAction.Resume,
    ResumeAction onExit = ResumeAction.Resume,
    ResumeAction onDeath = ResumeAction.Resume)
    : EngineOps(watch.Machine, watch.Label)
{
    /// <summary>Who is told.</summary>
    public EngineWatch Watch { get; } = watch;

    /// <inheritdoc/>
    public override bool HasReportSignal => false;

    /// <summary>What the engine does and answers; the default is the answer that was given for the event.</summary>
    /// <param name="cpu">The processor of the callback.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="called">Which callback, with what it was told.</param>
    protected virtual Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called) => Op<Verdict>.Of(Default(called));

    /// <summary>The answer when the engine has nothing else in mind.</summary>
    protected Verdict Default(EngineEvent called) => called.Events switch
    {
        UtraceEvents.Quiesce => onQuiesce,
        UtraceEvents.Exit => onExit,
        UtraceEvents.Death => onDeath,
        UtraceEvents.SyscallEntry or UtraceEvents.SignalAll => called.Seen with { Resume = ResumeAction.Resume },
        UtraceEvents.None or UtraceEvents.Reap or UtraceEvents.Clone or UtraceEvents.Exec or UtraceEvents.SyscallExit
            or UtraceEvents.Signal or UtraceEvents.SignalIgnored or UtraceEvents.SignalStop
            or UtraceEvents.SignalTerminate or UtraceEvents.SignalCore or UtraceEvents.Jctl or UtraceEvents.EngineStop
            or UtraceEvents.Syscall or UtraceEvents.DeathEvents or _ => ResumeAction.Resume,
    };

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportQuiesce(
        Cpu cpu, ResumeAction action, UtraceEngine engine, UtraceEvents during)
        => Call(cpu, engine, UtraceEvents.Quiesce, during, action);

    /// <inheritdoc/>
    public sealed override async Op<SignalAnswer> ReportSignal(
        Cpu cpu, Verdict action, UtraceEngine engine, SignalReport report)
    {
        var called = new EngineEvent(EngineEventKind.CallbackBegan, UtraceEvents.SignalAll)
        {
            During = UtraceEvents.SignalAll,
            Seen = action,
            By = cpu.Task(),
            Signal = report.Info.Signo,
        };
        return report.Answer(await Call(cpu, engine, called));
    }

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportClone(
        Cpu cpu, ResumeAction action, UtraceEngine engine, CloneFlags flags, TaskStruct child)
        => Call(cpu, engine, UtraceEvents.Clone, UtraceEvents.Clone, action);

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportJctl(
        Cpu cpu, ResumeAction action, UtraceEngine engine, int type, int notify)
        => Call(cpu, engine, UtraceEvents.Jctl, UtraceEvents.Jctl, action);

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportExec(Cpu cpu, ResumeAction action, UtraceEngine engine)
        => Call(cpu, engine, UtraceEvents.Exec, UtraceEvents.Exec, action);

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportSyscallEntry(Cpu cpu, Verdict action, UtraceEngine engine)
        => Call(cpu, engine, UtraceEvents.SyscallEntry, UtraceEvents.SyscallEntry, action);

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportSyscallExit(Cpu cpu, ResumeAction action, UtraceEngine engine)
        => Call(cpu, engine, UtraceEvents.SyscallExit, UtraceEvents.SyscallExit, action);

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportExit(
        Cpu cpu, ResumeAction action, UtraceEngine engine, int original, Guarded<int> code)
        => Call(cpu, engine, UtraceEvents.Exit, UtraceEvents.Exit, action);

    /// <inheritdoc/>
    public sealed override Op<Verdict> ReportDeath(
        Cpu cpu, UtraceEngine engine, bool groupDead, int signal)
        => Call(cpu, engine, UtraceEvents.Death, UtraceEvents.Death, ResumeAction.Resume);

    /// <inheritdoc/>
    public sealed override async Op ReportReap(Cpu cpu, UtraceEngine engine, TaskStruct task)
        => await Call(cpu, engine, UtraceEvents.Reap, UtraceEvents.Reap, ResumeAction.Resume);

    /// <inheritdoc/>
    public sealed override async Op Release(Cpu cpu, UtraceEngine engine)
    {
        bool linked = await cpu.ReadOnce(engine.Ops) is not null;
        await Watch.See(cpu, new EngineEvent(EngineEventKind.Released) { Linked = linked });
    }

    private Op<Verdict> Call(
        Cpu cpu, UtraceEngine engine, UtraceEvents reported, UtraceEvents during, Verdict seen)
        => Call(cpu, engine, new EngineEvent(EngineEventKind.CallbackBegan, reported)
        {
            During = during,
            Seen = seen,
            By = cpu.Task(),
        });

    private async Op<Verdict> Call(Cpu cpu, UtraceEngine engine, EngineEvent called)
    {
        called = called with { Locks = LocksHeld(cpu) };
        await Watch.See(cpu, called);
        Verdict answer = await Act(cpu, engine, called);
        await Watch.See(cpu, called with
        {
            Kind = EngineEventKind.CallbackEnded,
            Action = answer.Resume,
            Bits = answer.Bits,
        });
        return answer;
    }

    /// <summary>The locks of the caller; an RCU read section counts, because nobody may sleep in it either.</summary>
    private static int LocksHeld(Cpu cpu)
        => cpu.Machine.IsDirect ? 0 : cpu.Fiber.Held.Count + (cpu.Task().Rcu.PeekIsOpen ? 1 : 0);
}
