namespace Sim.Kernel.Tasks;

/// <summary>
/// The moves that <see cref="TaskState"/> may make in the life of a task; docs/life-of-a-task.md is drawn from them,
/// and random lives are held against them.
/// </summary>
public static class TaskLife
{
    /// <summary>From, to, and who makes the move.</summary>
    public static IReadOnlyList<(TaskState From, TaskState To, string By)> Moves { get; } =
    [
        (TaskState.Running, TaskState.Interruptible, "wait4(), pause(), sigsuspend(): until an event or a signal"),
        (TaskState.Interruptible, TaskState.Running, "a wake-up, a signal, or the task itself when it need not sleep"),
        (TaskState.Running, TaskState.Uninterruptible, "vfork(), exec that waits for threads, a core dump: until the event"),
        (TaskState.Uninterruptible, TaskState.Running, "the event; not even SIGKILL"),
        (TaskState.Running, TaskState.Stopped, "do_signal_stop(), siglock held"),
        (TaskState.Stopped, TaskState.Running, "SIGCONT or SIGKILL"),
        (TaskState.Running, TaskState.Traced, "utrace_stop(), utrace->lock held"),
        (TaskState.Traced, TaskState.Running, "the last engine lets go, or SIGKILL"),
        (TaskState.Running, TaskState.Dead, "the last step of do_exit(): it never runs again"),
    ];

    /// <summary>Whether a move is in the table.</summary>
    public static bool Allows(TaskState from, TaskState to)
        => from == to || Moves.Any(move => move.From == from && move.To == to);
}
