using System.Collections.Immutable;
using System.Globalization;

namespace Sim.Scenarios.Oracle.Logs;

/// <summary>One line of a log. <see cref="Line"/> is its canonical text: two events are the same if their lines are.</summary>
/// <param name="Who">The task; "#" for a remark.</param>
public abstract record LogEvent(string Who)
{
    /// <summary>What the task did, as the log has it.</summary>
    public abstract string Text { get; }

    /// <summary>The whole line.</summary>
    public string Line => $"{Who,-3} {Text}";
}

/// <summary>A raw result: a number, the task whose pid it is, or -1 with the name of the error.</summary>
public readonly record struct CallResult(string Value, string? Error)
{
    /// <summary>As the log has it.</summary>
    public override string ToString() => Error is null ? Value : $"{Value} {Error}";
}

/// <summary>A system call with no event of its own: kill, tgkill, write and the like.</summary>
public sealed record CallEvent(string Who, string Call, ImmutableArray<string> Arguments, CallResult Result) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"{Call}({string.Join(", ", Arguments)}) = {Result}";
}

/// <summary>A ptrace request. <paramref name="Target"/> is null for TRACEME.</summary>
public sealed record PtraceEvent(string Who, string Request, string? Target, string? Argument, CallResult Result) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text
        => $"ptrace({Request}{(Target is null ? "" : ", " + Target)}{(Argument is null ? "" : ", " + Argument)}) = {Result}";
}

/// <summary>A GETSIGINFO that succeeded.</summary>
public sealed record SiginfoEvent(string Who, string Target, SignalInfo Info) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"ptrace(GETSIGINFO, {Target}) = 0 {Info}";
}

/// <summary>A GETEVENTMSG that succeeded; the message is a task's name or a number in hexadecimal.</summary>
public sealed record EventMessageEvent(string Who, string Target, string Message) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"ptrace(GETEVENTMSG, {Target}) = 0 msg={Message}";
}

/// <summary>waitpid: a task and its status, or nothing to report, or an error.</summary>
/// <param name="Who">Who waited.</param>
/// <param name="Target">Whom for: a task or a number.</param>
/// <param name="Options">As printed by <see cref="Constants.WaitOptions"/>.</param>
/// <param name="Task">Who was reported; null for none.</param>
/// <param name="Status">The status word; null if nobody was reported.</param>
/// <param name="Error">The error's name; null if the call succeeded.</param>
public sealed record WaitpidEvent(string Who, string Target, string Options, string? Task, WaitStatus? Status, string? Error)
    : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"waitpid({Target}, {Options}) = " + (Error is not null ? $"-1 {Error}"
        : Status is null ? "0" : $"{Task} {Status}");
}

/// <summary>waitid: what it reports, or nothing, or an error. No signal is named: it is SIGCHLD.</summary>
/// <param name="Who">Who waited.</param>
/// <param name="Target">A task, or P_ALL.</param>
/// <param name="Options">As printed by <see cref="Constants.WaitOptions"/>.</param>
/// <param name="Info">What was reported, as printed; null for nothing.</param>
/// <param name="Error">The error's name; null if the call succeeded.</param>
public sealed record WaitidEvent(string Who, string Target, string Options, SignalInfo? Info, string? Error) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"waitid({Target}, {Options}) = " + (Error is not null ? $"-1 {Error}"
        : Info is null ? "0 (nothing)" : $"0 pid={Info.Pid} code={Info.Code} status={Info.Status}");
}

/// <summary>One step of a drain: a signal taken from the queue, or its end.</summary>
public sealed record QueueEvent(string Who, string Queue, SignalInfo? Taken) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"{Queue} queue: {(Taken is null ? "empty" : Taken.ToString())}";
}

/// <summary>"state(A)": such as "T (stopped)", or "(no such process)".</summary>
public sealed record StateEvent(string Who, string Task, string State) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"state({Task}) = {State}";
}

/// <summary>"TracerPid= PPid=": names of tasks; 0 for no tracer.</summary>
public sealed record ParentsEvent(string Who, string Task, string Tracer, string Parent) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"proc({Task}): TracerPid={Tracer} PPid={Parent}";
}

/// <summary>"SigPnd= ShdPnd=": signals by name in rising order, with commas; "none".</summary>
public sealed record PendingEvent(string Who, string Task, string Private, string Shared) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"proc({Task}): SigPnd={Private} ShdPnd={Shared}";
}

/// <summary>The body of a logging handler ran.</summary>
public sealed record HandlerEvent(string Who, SignalInfo Info) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"handler: {Info}";
}

/// <summary>"regs(A)": registers by name.</summary>
public sealed record RegistersEvent(string Who, string Task, ImmutableArray<(string Register, string Value)> Registers)
    : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text
        => $"regs({Task}): {string.Join(' ', Registers.Select(pair => $"{pair.Register}={pair.Value}"))}";
}

/// <summary>A call came back to user code, where that is logged: "tkill(self, SIGUSR1) returned 0".</summary>
public sealed record ReturnedEvent(string Who, string Call, CallResult Result) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => $"{Call} returned {Result}";
}

/// <summary>
/// What a <c>log</c> statement wrote. The header does not say where the values come from, so a re-creation can
/// compare the format only.
/// </summary>
/// <param name="Who">The task.</param>
/// <param name="Format">The format of the statement.</param>
/// <param name="Values">What stands for the places in the format.</param>
/// <param name="Written">The text as written; it may have more blanks than the format.</param>
public sealed record FormattedEvent(string Who, string Format, ImmutableArray<string> Values, string Written) : LogEvent(Who)
{
    /// <inheritdoc/>
    public override string Text => Written;
}

/// <summary>A remark of the recorder.</summary>
public sealed record RemarkEvent(string Remark) : LogEvent("#")
{
    /// <inheritdoc/>
    public override string Text => Remark;
}

/// <summary>A siginfo as the log prints it.</summary>
/// <param name="Signal">The signal's name.</param>
/// <param name="Code">si_code by name.</param>
/// <param name="Pid">si_pid as a task's name, if the code has one.</param>
/// <param name="Status">si_status: a signal's name or an exit code, for CLD codes.</param>
public sealed record SignalInfo(string Signal, string Code, string? Pid, string? Status)
{
    /// <summary>As the log has it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Signal} code={Code}{(Pid is null ? "" : " pid=" + Pid)}{(Status is null ? "" : " status=" + Status)}");
}
