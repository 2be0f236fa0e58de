using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Utrace;

namespace Sim.Scenarios.Races;

/// <summary>An engine of the pass scenario.</summary>
/// <param name="world">Through which it makes its calls.</param>
/// <param name="watch">Who is told.</param>
/// <param name="manner">What it does.</param>
/// <param name="place">Its place among the engines, 0 for the oldest.</param>
/// <param name="others">How many engines there are.</param>
/// <param name="born">The engine that it attaches, if that is its manner.</param>
public sealed class AwkwardOps(
    UtraceWorld world, EngineWatch watch, EngineManner manner, int place, int others, WatchedOps? born)
    : WatchedOps(watch)
{
    private const UtraceEvents Everything = UtraceEvents.Clone | UtraceEvents.Exec | UtraceEvents.Exit |
        UtraceEvents.Death | UtraceEvents.Syscall | UtraceEvents.SignalAll | UtraceEvents.Jctl;

    private readonly Ghost<int> _calls = new(watch, "calls of its callbacks");

    /// <inheritdoc/>
    public override bool HasReportSignal => place == 0 || manner == EngineManner.OnlyQuiesce;

    /// <summary>What the engine wants at first.</summary>
    public UtraceEvents Wants => manner switch
    {
        EngineManner.AsksInQuiesce => UtraceEvents.Quiesce | UtraceEvents.Reap |
            (place == others - 1 ? UtraceEvents.Exec | UtraceEvents.Exit | UtraceEvents.Syscall : UtraceEvents.None),
        EngineManner.OnlyQuiesce => place == others - 1 ? Everything : UtraceEvents.Quiesce,
        EngineManner.HoldsQuietly when place == 0 => UtraceEvents.SyscallExit,
        EngineManner.HoldsQuietly => UtraceEvents.Quiesce | UtraceEvents.SyscallExit,
        EngineManner.Plain or EngineManner.Detaches or EngineManner.Attaches or EngineManner.Steps
            or EngineManner.StepsOnce or EngineManner.Disagrees or _ =>
            Everything | UtraceEvents.Quiesce | UtraceEvents.Reap,
    };

    /// <inheritdoc/>
    protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
    {
        int calls = await cpu.Load(_calls);
        await cpu.Store(_calls, calls + 1);
        if (called.Events == UtraceEvents.Reap)
        {
            return ResumeAction.Resume;
        }

        switch (manner)
        {
            case EngineManner.Detaches:
                return called.Seen with { Resume = ResumeAction.Detach };

            case EngineManner.Attaches
                when born is { Watch.IsAttached: false } && called.During != UtraceEvents.SyscallEntry:
                await AttachAnother(cpu, born);
                return Default(called);

            case EngineManner.AsksInQuiesce when called.Events == UtraceEvents.Quiesce:
                await world.SetEvents(
                    cpu, Watch.Target, engine, UtraceEvents.Quiesce | UtraceEvents.Reap | called.During);
                return ResumeAction.Resume;

            case EngineManner.Steps:
                return called.Seen with { Resume = StepOf(place) };

            case EngineManner.StepsOnce when place == 0 && calls == 0:
                return called.Seen with { Resume = ResumeAction.SingleStep };

            case EngineManner.Disagrees when called.Events == UtraceEvents.SyscallEntry:
                return new Verdict(ResumeAction.Resume, place == 0 ? SyscallAction.Run : SyscallAction.Abort);

            case EngineManner.HoldsQuietly when called.Events == UtraceEvents.SyscallExit && place == 0:
                return ResumeAction.Stop;

            case EngineManner.HoldsQuietly when called.Events == UtraceEvents.SyscallExit:
                return ResumeAction.Interrupt;

            case EngineManner.Plain or EngineManner.Attaches or EngineManner.AsksInQuiesce or EngineManner.StepsOnce
                or EngineManner.OnlyQuiesce or EngineManner.Disagrees or EngineManner.HoldsQuietly:
            default:
                return Default(called);
        }
    }

    private static ResumeAction StepOf(int place) => (place % 3) switch
    {
        0 => ResumeAction.BlockStep,
        1 => ResumeAction.SingleStep,
        _ => ResumeAction.Resume,
    };

    private async Op AttachAnother(Cpu cpu, WatchedOps another)
    {
        if (await world.Attach(cpu, Watch.Target, another) is { } made)
        {
            await world.SetEvents(cpu, Watch.Target, made, Everything | UtraceEvents.Quiesce);
            await made.Put(cpu);
        }
    }
}
