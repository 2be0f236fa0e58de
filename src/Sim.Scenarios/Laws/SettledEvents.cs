using Sim.Kernel.Abi;
using Sim.Kernel.Tracehook;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.Laws;

/// <summary>
/// What the engines of a task want, as far as the task itself is bound to know: what it has asked for itself, or
/// what was asked for before the world began. Once another task has asked for something of an engine, nothing is
/// known of it, because when the task notices is not promised.
/// </summary>
public sealed class SettledEvents : MachineObject
{
    /// <summary>As many engines as one task may have in a world that follows it.</summary>
    public const int Most = 8;

    private readonly Ghost<UtraceEvents>[] _wanted;
    private readonly Ghost<int> _foreign;

    /// <summary>Begins with nothing known.</summary>
    public SettledEvents(MachineObject owner)
        : base(owner.Machine, "settled", owner.Label)
    {
        _wanted = [.. Enumerable.Range(0, Most).Select(i => new Ghost<UtraceEvents>(this, $"wanted {i}"))];
        _foreign = new Ghost<int>(this, "foreign");
    }

    /// <summary>What an engine surely wants.</summary>
    public UtraceEvents this[EngineWatch engine]
        => (_foreign.Peek & (1 << engine.Number)) != 0 ? UtraceEvents.None : _wanted[engine.Number].Peek;

    /// <summary>The engines that surely want an event, as a mask of their numbers.</summary>
    public int Wanting(UtraceEvents events)
    {
        int mask = 0;
        for (int i = 0; i < Most; i++)
        {
            mask |= (_wanted[i].Peek & events) != UtraceEvents.None ? 1 << i : 0;
        }

        return mask & ~_foreign.Peek;
    }

    /// <summary>Whether a call on an engine is its task's own, or was made before the world began.</summary>
    internal static bool IsOwn(EngineWatch engine, EngineEvent happened)
        => ReferenceEquals(happened.By, engine.Target) || ReferenceEquals(happened.By, engine.Machine.BootCpu.Current);

    /// <summary>Learns from an event of an engine.</summary>
    public void See(EngineWatch engine, EngineEvent happened)
    {
        bool own = IsOwn(engine, happened);
        if (happened.Kind is EngineEventKind.SetEventsCalled or EngineEventKind.ControlCalled && !own)
        {
            _foreign.Note(_foreign.Peek | (1 << engine.Number));
        }
        else if (happened.Kind is EngineEventKind.SetEventsReturned &&
            own && happened.Error is Errno.None or Errno.EINPROGRESS)
        {
            _wanted[engine.Number].Note(happened.Events);
        }
        else if (happened.Kind is EngineEventKind.ControlCalled or EngineEventKind.CallbackEnded &&
            happened.Action == ResumeAction.Detach)
        {
            _wanted[engine.Number].Note(UtraceEvents.None);
        }
    }
}
