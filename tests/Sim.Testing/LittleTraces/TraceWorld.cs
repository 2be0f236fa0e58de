using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Laws;
using Sim.Scenarios.Races;
using Sim.Utrace;
using Sim.Utrace.Control;
using Sim.Utrace.Variants;

namespace Sim.Testing.LittleTraces;

/// <summary>
/// Traced processes, their engines and the owners of these, who all do what a <see cref="Trace"/> says. In the end
/// an undertaker lets everyone go or kills them. Whatever the schedule: every law is kept, all die, and nothing is left.
/// </summary>
public sealed class TraceWorld : MachineObject
{
    private const int Patience = 40;
    private readonly Trace _trace;
    private readonly UtraceWorld _world;
    private readonly ImmutableArray<TaskStruct> _targets;
    private readonly ImmutableArray<WatchedOps> _late;
    private readonly MachineList<UtraceEngine> _engines;
    private readonly ImmutableArray<Shared<int>> _lateIsTaken;
    private readonly ImmutableArray<Shared<bool>> _tracerIsDone;

    private TraceWorld(SimMachine machine, Trace trace, UtraceVariant variant)
        : base(machine, "traces", "traces")
    {
        _trace = trace;
        _world = new UtraceWorld(machine, variant, init: true) { FollowsTasks = true, FollowsStops = true };
        if (trace.Autoreap)
        {
            _world.Kernel.SetAction(_world.Kernel.Init!, Signals.SIGCHLD, SigAction.Ignore);
        }

        _targets = [.. trace.Targets.Select((_, i) => _world.Life!.Process(
            FormattableString.Invariant($"target{i}"), user => Live(user, i)))];
        foreach (TaskStruct target in _targets)
        {
            _world.Kernel.SetAction(target, Signals.SIGUSR1, SigAction.Run(new RoutineHandler((_, _) => Op.Done)));
            _world.Follow(target);
            _world.Set(target.Usage, 3);
        }

        _engines = new MachineList<UtraceEngine>(this, "engines", null);
        for (int i = 0; i < trace.Engines.Length; i++)
        {
            EngineLife life = trace.Engines[i];
            EngineWatch watch = _world.Watch(_targets[life.Target], FormattableString.Invariant($"E{i}"));
            _engines.Add(machine.BootCpu, _world.SetUpEngine(new ScriptedOps(this, watch, life), Wanted(i, life.Events)));
        }

        _late = [.. trace.Engines.Select((life, i) => new WatchedOps(
            _world.Watch(_targets[life.Target], FormattableString.Invariant($"L{i}"))))];
        _lateIsTaken = [.. trace.Engines.Select((_, i) => new Shared<int>(this, FormattableString.Invariant($"L{i} is taken")))];
        _tracerIsDone = [.. trace.Tracers.Select((_, i) => new Shared<bool>(this, FormattableString.Invariant($"tracer{i} is done")))];
        for (int i = 0; i < trace.Tracers.Length; i++)
        {
            int tracer = i;
            _world.Life!.Stays(_world.Kernel.MakeTask(
                FormattableString.Invariant($"tracer{i}"), null, cpu => Trace(cpu, tracer)));
        }

        _world.Life!.Stays(_world.Kernel.MakeTask("undertaker", null, End));
    }

    /// <summary>Makes the world.</summary>
    public static Action Build(SimMachine machine, Trace trace, UtraceVariant variant)
        => new TraceWorld(machine, trace, variant)._world.AtEnd;

    private async Op<int> Live(User user, int target)
    {
        for (int i = 0; i < _trace.Targets[target].Length; i++)
        {
            TraceAct act = _trace.Targets[target][i];
            if (act.IsLife)
            {
                await Do(user, act.Deed);
            }
            else
            {
                await Call(user.Cpu, act);
                await user.Task.Kernel.Gate.Interrupted(user.Cpu);
            }

            await _world.InUserModeStepping(user.Cpu);
        }

        return 0;
    }

    private static async Op Do(User user, TraceDeed deed)
    {
        switch (deed)
        {
            case TraceDeed.Call:
                await user.Getppid();
                break;
            case TraceDeed.Fork:
                await user.Fork(new RoutineProgram(_ => Op<int>.Of(0)));
                break;
            case TraceDeed.Vfork:
                await user.Vfork(new RoutineProgram(_ => Op<int>.Of(0)));
                break;
            case TraceDeed.Thread:
                await user.CreateThread(new RoutineProgram(EndThread));
                break;
            case TraceDeed.Exec:
                await user.Exec(new RoutineProgram(_ => Op<int>.Of(0)));
                break;
            case TraceDeed.Wait:
                await user.Wait4(-1);
                break;
            case TraceDeed.Exit:
                await user.Exit(1);
                break;
            case TraceDeed.Control or TraceDeed.SetEvents or TraceDeed.Barrier or TraceDeed.Attach or TraceDeed.Look
                or TraceDeed.Examine or TraceDeed.Send or TraceDeed.Yield:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The thread ends, and not its group: of a group's end by another thread the laws are not told.</summary>
    private static async Op<int> EndThread(User user)
    {
        await user.ExitThread(0);
        return 0;
    }

    private async Op Trace(Cpu cpu, int tracer)
    {
        for (int i = 0; i < _trace.Tracers[tracer].Length; i++)
        {
            await Call(cpu, _trace.Tracers[tracer][i]);
        }

        await cpu.Store(_tracerIsDone[tracer], true);
    }

    /// <summary>A call of the tracing layer, by whoever it is.</summary>
    private async Op Call(Cpu cpu, TraceAct act)
    {
        switch (act.Deed)
        {
            case TraceDeed.Control:
                await _world.Control(cpu, TargetOf(act.On), Engine(act.On), act.Action);
                break;
            case TraceDeed.SetEvents:
                await _world.SetEvents(cpu, TargetOf(act.On), Engine(act.On), Wanted(act.On, act.Events));
                break;
            case TraceDeed.Barrier:
                await _world.Barrier(cpu, TargetOf(act.On), Engine(act.On));
                break;
            case TraceDeed.Attach when await cpu.Rmw(_lateIsTaken[act.On], RmwKind.Exchange, 1) == 0:
                if (await _world.Attach(cpu, TargetOf(act.On), _late[act.On]) is { } made)
                {
                    await _world.SetEvents(cpu, TargetOf(act.On), made, act.Events & ~UtraceEvents.SignalAll);
                    await made.Put(cpu);
                }

                break;
            case TraceDeed.Look:
                await _world.Look(cpu, Engine(act.On));
                break;
            case TraceDeed.Examine when !ReferenceEquals(cpu.Current, TargetOf(act.On)):
                ExamineResult result = await _world.PrepareExamine(cpu, TargetOf(act.On), Engine(act.On));
                if (result.Error == Errno.None)
                {
                    await _world.FinishExamine(cpu, TargetOf(act.On), Engine(act.On), result.Examination);
                }

                break;
            case TraceDeed.Send:
                await _world.Send(cpu, _targets[act.On], act.Signal, handled: IsHandled(act));
                break;
            case TraceDeed.Yield:
                await cpu.Yield();
                break;
            case TraceDeed.Attach or TraceDeed.Examine or TraceDeed.Call or TraceDeed.Fork or TraceDeed.Vfork
                or TraceDeed.Thread or TraceDeed.Exec or TraceDeed.Wait or TraceDeed.Exit:
            default:
                break;
        }
    }

    /// <summary>The handler of SIGUSR1 is gone after an exec.</summary>
    private bool IsHandled(TraceAct act)
        => act.Signal == Signals.SIGUSR1 && !_trace.Targets[act.On].Any(deed => deed.Deed == TraceDeed.Exec);

    /// <summary>An engine without report_signal does not ask for signals.</summary>
    private UtraceEvents Wanted(int engine, UtraceEvents events)
        => _trace.Engines[engine].SeesSignals ? events : events & ~UtraceEvents.SignalAll;

    private TaskStruct TargetOf(int engine) => _targets[_trace.Engines[engine].Target];

    private UtraceEngine Engine(int number) => _engines.PeekAt(number);

    /// <summary>
    /// Lets all targets go or kills them, waits until they are dead and the owners done, and gives up the references.
    /// An owner may be in utrace_barrier() until then: for an engine that is detached it waits as long as others hold
    /// the task.
    /// </summary>
    private async Op End(Cpu cpu)
    {
        int patience = await cpu.Choose(3);
        for (int i = patience * patience * Patience; i > 0; i--)
        {
            await cpu.Yield();
        }

        if (_trace.Kills)
        {
            for (int i = 0; i < _targets.Length; i++)
            {
                await _world.Send(cpu, _targets[i], Signals.SIGKILL);
            }
        }
        else
        {
            for (int i = 0; i < _engines.PeekCount; i++)
            {
                await _world.Control(cpu, TargetOf(i), Engine(i), ResumeAction.Detach);
            }
        }

        for (int i = 0; i < _tracerIsDone.Length; i++)
        {
            await cpu.LoadWhen(_tracerIsDone[i], GuardKind.Equal, true);
        }

        for (int i = 0; i < _targets.Length; i++)
        {
            // Callbacks use the engines' references, and the last callback is in the release: what is left then is our own.
            await cpu.LoadWhen(_targets[i].Usage, GuardKind.Equal, 1);
        }

        for (int i = 0; i < _engines.PeekCount; i++)
        {
            await Engine(i).Put(cpu);
        }

        for (int i = 0; i < _targets.Length; i++)
        {
            await _targets[i].Put(cpu);
        }
    }

    private sealed class ScriptedOps : WatchedOps
    {
        private readonly TraceWorld _world;
        private readonly EngineLife _life;
        private readonly Ghost<int> _calls;

        public ScriptedOps(TraceWorld world, EngineWatch watch, EngineLife life)
            : base(watch)
        {
            _world = world;
            _life = life;
            _calls = new Ghost<int>(watch, "calls of its callbacks");
        }

        public override bool HasReportSignal => _life.SeesSignals;

        protected override async Op<Verdict> Act(Cpu cpu, UtraceEngine engine, EngineEvent called)
        {
            int calls = await cpu.Load(_calls);
            if (calls >= _life.Script.Length)
            {
                return Default(called);
            }

            await cpu.Store(_calls, calls + 1);
            Answer answer = _life.Script[calls];
            if (answer.Act is { } act && !(act.Deed == TraceDeed.Barrier && called.Events == UtraceEvents.Reap))
            {
                // A barrier in a reap callback would wait for the teardown that it is part of.
                await _world.Call(cpu, act);
            }

            // A report without a signal has none to dispose of.
            bool choosesBits = answer.Bits >= 0 && (called.Events != UtraceEvents.SignalAll || called.Signal != 0);
            int bits = choosesBits ? answer.Bits : called.Seen.Bits;
            return called.Events is UtraceEvents.SignalAll or UtraceEvents.SyscallEntry
                ? new Verdict(answer.Resume, bits)
                : called.Events == UtraceEvents.Reap ? ResumeAction.Resume : answer.Resume;
        }
    }
}
