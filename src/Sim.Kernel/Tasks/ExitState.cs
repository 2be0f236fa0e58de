namespace Sim.Kernel.Tasks;

/// <summary>Where a task stands on its way out, with the kernel's numbers.</summary>
public enum ExitState
{
    /// <summary>Not exited.</summary>
    Alive = 0,

    /// <summary>EXIT_ZOMBIE: exited, waits to be reaped.</summary>
    Zombie = 16,

    /// <summary>EXIT_DEAD: somebody is about to release it.</summary>
    Dead = 32,
}

/// <summary>The moves that <see cref="ExitState"/> may make; docs/exit-states.md is rendered from it.</summary>
public static class ExitStates
{
    /// <summary>From, to, and who makes the move under which lock.</summary>
    public static IReadOnlyList<(ExitState From, ExitState To, string By)> Moves { get; } =
    [
        (ExitState.Alive, ExitState.Zombie, "exit_notify(), tasklist_lock for writing"),
        (ExitState.Alive, ExitState.Dead, "exit_notify() when nobody will wait, tasklist_lock for writing"),
        (ExitState.Zombie, ExitState.Dead, "wait_task_zombie(), xchg, tasklist_lock for reading"),
        (ExitState.Zombie, ExitState.Dead, "reparenting to one that ignores SIGCHLD, or the last thread gone; tasklist_lock for writing"),
        (ExitState.Zombie, ExitState.Dead, "exec by another thread, which takes the leader's number; tasklist_lock for writing"),
    ];

    /// <summary>Whether a move is in the table.</summary>
    public static bool Allows(ExitState from, ExitState to)
        => from == to || Moves.Any(move => move.From == from && move.To == to);
}
