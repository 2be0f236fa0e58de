using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary><c>fork A = program x</c>: a new process that runs x; a child of the caller.</summary>
public sealed record Fork(string Name, string Program) : Statement
{
    /// <summary>Whether it is vfork: <c>vfork A = program x</c>.</summary>
    public bool Vfork { get; init; }
}

/// <summary><c>fork T = {...}</c>: a new process with the program in place.</summary>
public sealed record ForkBlock(string Name, Block Body) : Statement;

/// <summary>
/// <c>pid_t x = clone(flags); if (!x) a</c>, also with <c>fork()</c> and <c>vfork()</c>: a new task that does
/// <paramref name="Child"/>, which never comes back. Its name in the log is the variable's, or one that only the
/// log tells (see <see cref="Recording.Setup"/>).
/// </summary>
/// <param name="Variable">Holds the new task's pid in the caller.</param>
/// <param name="Flags">Flags of clone, with the exit signal in the low byte.</param>
/// <param name="Child">What the child does; null if it goes on with the caller's program.</param>
public sealed record ForkHere(string Variable, Expression Flags, Statement? Child) : Statement;

/// <summary><c>create thread A2 = program x</c>: CLONE_VM|FS|FILES|SIGHAND|THREAD|SYSVSEM.</summary>
public sealed record CreateThread(string Name, string Program) : Statement;

/// <summary><c>execve(program: a)</c>: the new image does a.</summary>
public sealed record Exec(Statement Image) : Statement;

/// <summary><c>exit_group(n)</c>, and <c>exit(n)</c> of C: the whole process.</summary>
public sealed record ExitGroup(Expression Code) : Statement;

/// <summary><c>exit(n) (this thread only)</c>: the raw system call.</summary>
public sealed record ExitThread(Expression Code) : Statement;

/// <summary><c>pause for ever</c>: sleeps again after every signal.</summary>
public sealed record PauseForEver : Statement;

/// <summary><c>pause()</c>: once.</summary>
public sealed record Pause : Statement;

/// <summary><c>sched_yield()</c>.</summary>
public sealed record SchedYield : Statement;

/// <summary><c>setpgid(pid, group)</c>; 0 is the caller.</summary>
public sealed record Setpgid(Target Task, Target Group) : Statement;

/// <summary><c>setsid()</c>.</summary>
public sealed record Setsid : Statement;

/// <summary><c>prctl(option, argument, ...)</c>.</summary>
public sealed record Prctl(Number Option, ImmutableArray<Expression> Arguments) : Statement;

/// <summary><c>show call(...)</c>: makes a system call and logs its result, a task by name.</summary>
/// <param name="Call">The call.</param>
/// <param name="Text">As written.</param>
public sealed record ShowCall(Call Call, string Text) : Statement;

/// <summary><c>write n byte to the pipe</c>, which a task may sleep on in <c>read(pipe, ...)</c>.</summary>
public sealed record WritePipe(int Bytes) : Statement;

/// <summary>How waitid says whom it waits for, with Linux's values.</summary>
public enum WaitidType
{
    /// <summary>P_ALL: any child.</summary>
    All = 0,

    /// <summary>P_PID: one child.</summary>
    Pid = 1,

    /// <summary>P_PGID: the children of a process group.</summary>
    ProcessGroup = 2,
}

/// <summary><c>waitpid(x, options)</c>; logged when it returns.</summary>
public sealed record Waitpid(Target Target, Expression Options) : Statement;

/// <summary><c>waitid(type, x, options)</c>; logged when it returns.</summary>
public sealed record Waitid(WaitidType Type, Target Target, Expression Options) : Statement;

/// <summary><c>wait4(x, &amp;s, options, 0)</c>: waits like waitpid, but writes no line.</summary>
public sealed record QuietWait(Target Target, Expression Options) : Statement;
