using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.Ops;
using Sim.Utrace;

namespace Sim.Testing.LittleTraces;

/// <summary>What somebody in a random traced world does next.</summary>
public enum TraceDeed
{
    /// <summary>utrace_control() of an engine.</summary>
    Control,

    /// <summary>utrace_set_events() of an engine.</summary>
    SetEvents,

    /// <summary>utrace_barrier() of an engine.</summary>
    Barrier,

    /// <summary>Attaches the late engine of a number, with its events.</summary>
    Attach,

    /// <summary>Looks at the engine's public fields.</summary>
    Look,

    /// <summary>utrace_prepare_examine() and utrace_finish_examine().</summary>
    Examine,

    /// <summary>Sends a signal to a target.</summary>
    Send,

    /// <summary>Lets others run.</summary>
    Yield,

    /// <summary>A system call that does nothing.</summary>
    Call,

    /// <summary>fork(), and the child ends.</summary>
    Fork,

    /// <summary>vfork(), and the child ends.</summary>
    Vfork,

    /// <summary>A thread, which ends.</summary>
    Thread,

    /// <summary>exec().</summary>
    Exec,

    /// <summary>wait4() for a child, if there is one.</summary>
    Wait,

    /// <summary>exit().</summary>
    Exit,
}

/// <summary>One deed with its arguments.</summary>
/// <param name="Deed">What.</param>
/// <param name="On">The number of the engine, or of the target, that it is about.</param>
/// <param name="Action">For control().</param>
/// <param name="Events">For set_events() and attach.</param>
/// <param name="Signal">For signals.</param>
[Immutable]
public readonly record struct TraceAct(
    TraceDeed Deed, int On = 0, ResumeAction Action = ResumeAction.Resume, UtraceEvents Events = UtraceEvents.None, int Signal = 0)
{
    /// <summary>Whether a task does this in user mode alone: it is no call of the tracing layer.</summary>
    public bool IsLife => Deed >= TraceDeed.Call;

    /// <inheritdoc/>
    public override string ToString() => Deed switch
    {
        TraceDeed.Control => FormattableString.Invariant($"control(E{On}, {Action})"),
        TraceDeed.SetEvents => FormattableString.Invariant($"set_events(E{On}, {Events})"),
        TraceDeed.Attach => FormattableString.Invariant($"attach(L{On}, {Events})"),
        TraceDeed.Barrier or TraceDeed.Look or TraceDeed.Examine => FormattableString.Invariant($"{Deed}(E{On})"),
        TraceDeed.Send => FormattableString.Invariant($"send(target{On}, {Signals.Name(Signal)})"),
        TraceDeed.Yield or TraceDeed.Call or TraceDeed.Fork or TraceDeed.Vfork or TraceDeed.Thread or TraceDeed.Exec
            or TraceDeed.Wait or TraceDeed.Exit or _ => Deed.ToString(),
    };
}

/// <summary>What an engine does in one callback, and answers.</summary>
/// <param name="Act">Before it answers; null for nothing.</param>
/// <param name="Resume">Its resume action.</param>
/// <param name="Bits">The signal or system call action; -1 for the one it was told.</param>
[Immutable]
public sealed record Answer(TraceAct? Act, ResumeAction Resume, int Bits)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Act}{(Act is null ? "" : "; ")}{Resume}{(Bits < 0 ? "" : $"|0x{Bits:x}")}");
}

/// <summary>An engine that is attached when the world begins.</summary>
/// <param name="Target">The number of its task.</param>
/// <param name="Events">What it wants.</param>
/// <param name="SeesSignals">Whether it has a report_signal callback.</param>
/// <param name="Script">What it does in its first callbacks; in later ones it lets things be.</param>
[Immutable]
public sealed record EngineLife(int Target, UtraceEvents Events, bool SeesSignals, ImmutableArray<Answer> Script)
{
    /// <inheritdoc/>
    public override string ToString()
        => FormattableString.Invariant($"on target{Target} wants {Events}{(SeesSignals ? " sees signals" : "")} [{string.Join(" / ", Script)}]");
}

/// <summary>A random traced world.</summary>
/// <param name="Targets">The programs of the traced processes.</param>
/// <param name="Engines">The engines.</param>
/// <param name="Tracers">What their owners do, each one's deeds.</param>
/// <param name="Kills">Whether in the end everyone gets SIGKILL; otherwise the targets must end by themselves.</param>
/// <param name="Autoreap">Whether nobody waits for the targets.</param>
[Immutable]
public sealed record Trace(
    ImmutableArray<ImmutableArray<TraceAct>> Targets,
    ImmutableArray<EngineLife> Engines,
    ImmutableArray<ImmutableArray<TraceAct>> Tracers,
    bool Kills,
    bool Autoreap)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        IEnumerable<string> targets = Targets.Select((acts, i) => FormattableString.Invariant($"target{i}: {string.Join("; ", acts)}"));
        IEnumerable<string> engines = Engines.Select((engine, i) => FormattableString.Invariant($"E{i} {engine}"));
        IEnumerable<string> tracers = Tracers.Select((acts, i) => FormattableString.Invariant($"tracer{i}: {string.Join("; ", acts)}"));
        string end = (Kills ? "killed" : "let go") + (Autoreap ? ", autoreaped" : "");
        return string.Join('\n', [.. targets, .. engines, .. tracers, end]);
    }
}
