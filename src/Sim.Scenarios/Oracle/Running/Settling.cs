using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>
/// Waits that end when everything that can happen without the waiter has happened: <c>await x condition</c> and
/// <c>let Nms pass</c>. When nobody can run, first the waiters whose condition holds go on; then time passes until
/// the next deadline; when nothing is left to wait for but the end, H goes on.
/// </summary>
/// <remarks>The waiters sleep interruptibly, so they show as S and take signals.</remarks>
internal sealed class Settling : MachineObject
{
    private readonly ScriptWorld _world;
    private readonly Ghost<int> _clock;
    private readonly Ghost<long> _now;
    private readonly Chain<Waiter> _waiting;

    internal Settling(ScriptWorld world)
        : base(world.Machine, "settling", "settling")
    {
        _world = world;
        _clock = new Ghost<int>(this, "clock");
        _now = new Ghost<long>(this, "now");
        _waiting = new Chain<Waiter>(Machine, "waiting");
    }

    internal Op LetPass(User user, long milliseconds)
        => Wait(user, new Waiter(Machine, WaiterKind.Time, _now.Peek + milliseconds, null, null));

    internal Op Until(User user, TaskName? name, long pid, Await condition)
        => Wait(user, new Waiter(Machine, WaiterKind.Condition, pid, name, condition));

    internal Op UntilTheEnd(User user) => Wait(user, new Waiter(Machine, WaiterKind.End, 0, null, null));

    /// <summary>The root's program is over.</summary>
    internal async Op End(User user)
    {
        await user.Cpu.Rmw(_clock, RmwKind.Add, 1);
        _world.Ended.Note(true);
    }

    /// <summary>Nobody can run: lets somebody go on who waits for that.</summary>
    internal void Advance()
    {
        if (!Wake(WaiterKind.Condition, Holds) && !Wake(WaiterKind.End, _ => IsOver()) && NextDeadline() is long next)
        {
            _now.Note(next);
            Wake(WaiterKind.Time, waiter => waiter.Value <= next);
        }
    }

    private async Op Wait(User user, Waiter waiter)
    {
        await _waiting.Add(user.Cpu, waiter);
        while (!await SilentSleep.Until(user, waiter.Woken))
        {
        }
    }

    private bool Wake(WaiterKind kind, Func<Waiter, bool> who)
    {
        bool woke = false;
        foreach (Waiter waiter in _waiting.Peek())
        {
            if (waiter.For == kind && !waiter.Woken.Peek && who(waiter))
            {
                waiter.Woken.Note(true);
                woke = true;
            }
        }

        return woke;
    }

    private long? NextDeadline()
        => _waiting.Peek().Where(waiter => waiter is { For: WaiterKind.Time, Woken.Peek: false })
            .Min(waiter => (long?)waiter.Value);

    private bool IsOver() => _world.Ended.Peek || _world.Root.ExitState.Peek != ExitState.Alive;

    private bool Holds(Waiter waiter)
    {
        long pid = waiter.Name?.Pid.Peek ?? waiter.Value;
        return pid != 0 && ProcFile.Holds(ProcFile.PeekState(_world.Kernel, pid), waiter.Condition!);
    }

    private enum WaiterKind
    {
        Condition,
        Time,
        End,
    }

    /// <summary>Somebody who waits, and for what.</summary>
    private sealed class Waiter : ChainItem
    {
        internal Waiter(SimMachine machine, WaiterKind kind, long value, TaskName? name, Await? condition)
            : base(machine, "waiter")
        {
            For = kind;
            Value = value;
            Name = name;
            Condition = condition;
            Woken = new Ghost<bool>(this, "woken");
        }

        internal WaiterKind For { get; }

        /// <summary>A deadline, or a number.</summary>
        internal long Value { get; }

        internal TaskName? Name { get; }

        internal Await? Condition { get; }

        internal Ghost<bool> Woken { get; }
    }
}
