using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Utrace;

namespace Sim.Testing.LittleTraces;

/// <summary>Makes random traced worlds from a seed, and smaller ones of one that failed.</summary>
public static class RandomTraces
{
    private static readonly ImmutableArray<UtraceEvents> s_events =
    [
        UtraceEvents.Quiesce, UtraceEvents.Reap, UtraceEvents.Clone, UtraceEvents.Exec, UtraceEvents.Exit,
        UtraceEvents.Death, UtraceEvents.SyscallEntry, UtraceEvents.SyscallExit, UtraceEvents.SignalAll,
        UtraceEvents.Jctl,
    ];

    private static readonly ImmutableArray<int> s_signals =
        [Signals.SIGUSR1, Signals.SIGUSR1, Signals.SIGCHLD, Signals.SIGSTOP, Signals.SIGCONT, Signals.SIGTERM, Signals.SIGKILL];

    private static readonly ImmutableArray<TraceDeed> s_calls =
    [
        TraceDeed.Control, TraceDeed.Control, TraceDeed.Control, TraceDeed.SetEvents, TraceDeed.Barrier, TraceDeed.Attach,
        TraceDeed.Look, TraceDeed.Examine, TraceDeed.Send,
    ];

    private static readonly ImmutableArray<TraceDeed> s_life =
    [
        TraceDeed.Call, TraceDeed.Call, TraceDeed.Yield, TraceDeed.Fork, TraceDeed.Vfork, TraceDeed.Thread, TraceDeed.Exec,
        TraceDeed.Wait, TraceDeed.Send, TraceDeed.Exit,
    ];

    private static readonly ImmutableArray<SignalAction> s_signalActions =
        [SignalAction.Deliver, SignalAction.Ignore, SignalAction.Terminate, SignalAction.Stop, SignalAction.Hold | SignalAction.Ignore];

    /// <summary>The world of a seed.</summary>
    public static Trace Make(int seed)
    {
        var random = new Random(seed);
        int targets = random.Next(4) == 0 ? 2 : 1;
        int engines = random.Next(1, 4);
        bool kills = random.Next(2) == 0;
        var dice = new Dice(random, targets, engines, kills);
        return new Trace(
            [.. Enumerable.Range(0, targets).Select(_ => dice.Program(targets > 1))],
            [.. Enumerable.Range(0, engines).Select(_ => dice.Engine())],
            [.. Enumerable.Range(0, random.Next(3)).Select(_ => dice.Tracer())],
            kills,
            random.Next(3) == 0);
    }

    /// <summary>Worlds with one thing fewer.</summary>
    public static IEnumerable<Trace> Shrink(Trace trace)
    {
        for (int i = 0; i < trace.Tracers.Length; i++)
        {
            yield return trace with { Tracers = trace.Tracers.RemoveAt(i) };
        }

        // An engine is not taken away but made harmless, since others name it by its number.
        if (trace.Engines.Length > 1 && !Acts(trace).Any(act => act.On == trace.Engines.Length - 1))
        {
            yield return trace with { Engines = trace.Engines.RemoveAt(trace.Engines.Length - 1) };
        }

        for (int i = 0; i < trace.Tracers.Length; i++)
        {
            foreach (ImmutableArray<TraceAct> fewer in Fewer(trace.Tracers[i]))
            {
                yield return trace with { Tracers = trace.Tracers.SetItem(i, fewer) };
            }
        }

        for (int i = 0; i < trace.Targets.Length; i++)
        {
            foreach (ImmutableArray<TraceAct> fewer in Fewer(trace.Targets[i]))
            {
                yield return trace with { Targets = trace.Targets.SetItem(i, fewer) };
            }
        }

        for (int i = 0; i < trace.Engines.Length; i++)
        {
            foreach (EngineLife simpler in Simpler(trace.Engines[i]))
            {
                yield return trace with { Engines = trace.Engines.SetItem(i, simpler) };
            }
        }

        if (trace.Autoreap)
        {
            yield return trace with { Autoreap = false };
        }
    }

    private static IEnumerable<TraceAct> Acts(Trace trace)
        => trace.Tracers.Concat(trace.Targets).SelectMany(acts => acts)
            .Concat(trace.Engines.SelectMany(engine => engine.Script).Where(answer => answer.Act is not null).Select(answer => answer.Act!.Value));

    private static IEnumerable<ImmutableArray<TraceAct>> Fewer(ImmutableArray<TraceAct> acts)
        => Enumerable.Range(0, acts.Length).Select(acts.RemoveAt);

    private static IEnumerable<EngineLife> Simpler(EngineLife engine)
    {
        for (int i = engine.Script.Length - 1; i >= 0; i--)
        {
            yield return engine with { Script = engine.Script.RemoveAt(i) };
        }

        for (int i = 0; i < engine.Script.Length; i++)
        {
            Answer answer = engine.Script[i];
            if (answer.Act is not null)
            {
                yield return engine with { Script = engine.Script.SetItem(i, answer with { Act = null }) };
            }

            if (answer.Resume != ResumeAction.Resume || answer.Bits >= 0)
            {
                yield return engine with { Script = engine.Script.SetItem(i, answer with { Resume = ResumeAction.Resume, Bits = -1 }) };
            }
        }

        foreach (UtraceEvents one in s_events)
        {
            if ((engine.Events & one) != UtraceEvents.None)
            {
                yield return engine with { Events = engine.Events & ~one };
            }
        }
    }

    private sealed class Dice(Random random, int targets, int engines, bool kills)
    {
        public EngineLife Engine() => new(
            random.Next(targets),
            Events(),
            random.Next(2) == 0,
            [.. Enumerable.Range(0, random.Next(5)).Select(_ => Answer())]);

        public ImmutableArray<TraceAct> Tracer() => [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Call())];

        public ImmutableArray<TraceAct> Program(bool traces)
            => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => traces && random.Next(3) == 0 ? Call() : Deed())];

        private TraceAct Deed() => new(One(s_life), random.Next(targets), Signal: Signal());

        private TraceAct Call()
        {
            TraceDeed deed = One(s_calls);
            return new(
                deed,
                random.Next(deed == TraceDeed.Send ? targets : engines),
                (ResumeAction)random.Next(7),
                Events(),
                Signal());
        }

        private Answer Answer() => new(
            random.Next(3) == 0 ? Call() : null,
            (ResumeAction)random.Next(7),
            random.Next(3) != 0 ? -1 : random.Next(2) == 0 ? (int)SignalAction() : (int)SyscallAction.Abort);

        /// <summary>Of a world in which nobody is killed: no signal after which only SIGCONT helps.</summary>
        private int Signal()
        {
            int signal = One(s_signals);
            return kills || signal is not (Signals.SIGSTOP or Signals.SIGKILL) ? signal : Signals.SIGUSR1;
        }

        private SignalAction SignalAction()
        {
            SignalAction action = One(s_signalActions);
            return kills || action != Utrace.SignalAction.Stop ? action : Utrace.SignalAction.Ignore;
        }

        private UtraceEvents Events()
        {
            if (random.Next(4) == 0)
            {
                return random.Next(2) == 0 ? s_events.Aggregate((a, b) => a | b) : UtraceEvents.None;
            }

            UtraceEvents events = UtraceEvents.None;
            for (int i = random.Next(1, 5); i > 0; i--)
            {
                events |= One(s_events);
            }

            return events;
        }

        private T One<T>(ImmutableArray<T> of) => of[random.Next(of.Length)];
    }
}
