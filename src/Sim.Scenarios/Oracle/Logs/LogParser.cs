using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sim.Scenarios.Oracle.Logs;

/// <summary>Reads the lines of a log. A line that would not be printed back as it stands is an error.</summary>
internal static partial class LogParser
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    /// <summary>The event of a line; null if the line is not understood.</summary>
    internal static LogEvent? Parse(string line, ImmutableArray<string> formats)
    {
        Match split = Line().Match(line);
        if (!split.Success)
        {
            return null;
        }

        string who = split.Groups["who"].Value;
        string text = split.Groups["text"].Value;
        LogEvent? logged = who is "#" ? new RemarkEvent(text)
            : Traced(who, text) ?? Waited(who, text) ?? Shown(who, text) ?? Signalled(who, text) ?? Called(who, text);
        return logged is not null && string.Equals(logged.Line, line, StringComparison.Ordinal)
            ? logged
            : Formatted(who, text, line, formats);
    }

    private static FormattedEvent? Formatted(string who, string text, string line, ImmutableArray<string> formats)
    {
        foreach (string format in formats)
        {
            var logged = new FormattedEvent(who, format, LogFormat.Match(format, text), text);
            if (!logged.Values.IsDefault && string.Equals(logged.Line, line, StringComparison.Ordinal))
            {
                return logged;
            }
        }

        return null;
    }

    private static LogEvent? Traced(string who, string text)
    {
        if (Ptrace().Match(text) is not { Success: true } match)
        {
            return null;
        }

        string request = match.Groups["request"].Value;
        string? target = Optional(match, "target");
        string result = match.Groups["result"].Value;
        if (target is not null && request is "GETSIGINFO" && result.StartsWith("0 ", StringComparison.Ordinal))
        {
            return Siginfo(result[2..]) is SignalInfo info ? new SiginfoEvent(who, target, info) : null;
        }

        const string message = "0 msg=";
        if (target is not null && request is "GETEVENTMSG" && result.StartsWith(message, StringComparison.Ordinal))
        {
            return new EventMessageEvent(who, target, result[message.Length..]);
        }

        return Result(result) is CallResult plain
            ? new PtraceEvent(who, request, target, Optional(match, "argument"), plain)
            : null;
    }

    private static LogEvent? Waited(string who, string text)
    {
        if (Wait().Match(text) is not { Success: true } match)
        {
            return null;
        }

        string target = match.Groups["target"].Value;
        string options = match.Groups["options"].Value;
        string result = match.Groups["result"].Value;
        string? error = result.StartsWith("-1 ", StringComparison.Ordinal) ? result[3..] : null;
        if (match.Groups["call"].Value is "waitid")
        {
            SignalInfo? info = Siginfo("SIGCHLD " + result[Math.Min(2, result.Length)..]);
            return error is not null || info is not null || result is "0 (nothing)"
                ? new WaitidEvent(who, target, options, error is null ? info : null, error)
                : null;
        }

        if (error is not null || result is "0")
        {
            return new WaitpidEvent(who, target, options, null, null, error);
        }

        Match status = Status().Match(result);
        return status.Success ? new WaitpidEvent(who, target, options, status.Groups["task"].Value,
            new WaitStatus(uint.Parse(status.Groups["word"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
            null) : null;
    }

    private static LogEvent? Shown(string who, string text)
    {
        if (State().Match(text) is { Success: true } state)
        {
            return new StateEvent(who, state.Groups["task"].Value, state.Groups["state"].Value);
        }

        if (Parents().Match(text) is { Success: true } parents)
        {
            return new ParentsEvent(who, parents.Groups["task"].Value,
                parents.Groups["tracer"].Value, parents.Groups["parent"].Value);
        }

        if (Pending().Match(text) is { Success: true } sets)
        {
            return new PendingEvent(who, sets.Groups["task"].Value, sets.Groups["own"].Value, sets.Groups["shared"].Value);
        }

        if (Registers().Match(text) is not { Success: true } registers)
        {
            return null;
        }

        CaptureCollection names = registers.Groups["name"].Captures;
        CaptureCollection values = registers.Groups["value"].Captures;
        return new RegistersEvent(who, registers.Groups["task"].Value,
            [.. names.Zip(values, (name, value) => (name.Value, value.Value))]);
    }

    private static LogEvent? Signalled(string who, string text)
    {
        const string handler = "handler: ";
        if (text.StartsWith(handler, StringComparison.Ordinal))
        {
            return Siginfo(text[handler.Length..]) is SignalInfo ran ? new HandlerEvent(who, ran) : null;
        }

        if (Queue().Match(text) is not { Success: true } queue)
        {
            return null;
        }

        string name = queue.Groups["signal"].Value;
        SignalInfo? taken = Siginfo(queue.Groups["taken"].Value);
        return taken is not null || queue.Groups["taken"].Value is "empty" ? new QueueEvent(who, name, taken) : null;
    }

    private static LogEvent? Called(string who, string text)
    {
        if (Returned().Match(text) is { Success: true } returned)
        {
            return Result(returned.Groups["result"].Value) is CallResult value
                ? new ReturnedEvent(who, returned.Groups["call"].Value, value)
                : null;
        }

        return Call().Match(text) is { Success: true } call && Result(call.Groups["result"].Value) is CallResult result
            ? new CallEvent(who, call.Groups["call"].Value,
                [.. call.Groups["arguments"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries)], result)
            : null;
    }

    private static CallResult? Result(string text) => ResultValue().Match(text) is { Success: true } match
        ? new CallResult(match.Groups["value"].Value, Optional(match, "error"))
        : null;

    private static SignalInfo? Siginfo(string text) => Info().Match(text) is { Success: true } match
        ? new SignalInfo(match.Groups["signal"].Value, match.Groups["code"].Value, Optional(match, "pid"), Optional(match, "status"))
        : null;

    private static string? Optional(Match match, string group)
        => match.Groups[group] is { Success: true } found ? found.Value : null;

    [GeneratedRegex(@"^(?<who>[A-Za-z]\w*|#)\s+(?<text>\S.*)$", Options, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^ptrace\((?<request>[A-Z]+)(, (?<target>\w+(\([^)]*\))?|[^,()]+)(, (?<argument>[^()]+))?)?\) = (?<result>.+)$", Options, 1000)]
    private static partial Regex Ptrace();

    [GeneratedRegex(@"^(?<call>waitpid|waitid)\((?<target>[^,()]+), (?<options>[^,()]+)\) = (?<result>.+)$", Options, 1000)]
    private static partial Regex Wait();

    [GeneratedRegex(@"^(?<task>\S+) \S+ \[0x(?<word>[0-9a-f]+)\]$", Options, 1000)]
    private static partial Regex Status();

    [GeneratedRegex(@"^state\((?<task>\w+)\) = (?<state>([A-Za-z] )?\([a-z ]+\))$", Options, 1000)]
    private static partial Regex State();

    [GeneratedRegex(@"^proc\((?<task>\w+)\): TracerPid=(?<tracer>\S+) PPid=(?<parent>\S+)$", Options, 1000)]
    private static partial Regex Parents();

    [GeneratedRegex(@"^proc\((?<task>\w+)\): SigPnd=(?<own>\S+) ShdPnd=(?<shared>\S+)$", Options, 1000)]
    private static partial Regex Pending();

    [GeneratedRegex(@"^regs\((?<task>\w+)\):( (?<name>\w+)=(?<value><pid \w+>|[^\s=]+))+$", Options, 1000)]
    private static partial Regex Registers();

    [GeneratedRegex(@"^(?<signal>[A-Z0-9]+) queue: (?<taken>.+)$", Options, 1000)]
    private static partial Regex Queue();

    [GeneratedRegex(@"^(?<call>\w+\([^()]*\)) returned (?<result>.+)$", Options, 1000)]
    private static partial Regex Returned();

    [GeneratedRegex(@"^(?<call>[a-z]\w*)\((?<arguments>[^()]*)\) = (?<result>.+)$", Options, 1000)]
    private static partial Regex Call();

    [GeneratedRegex(@"^(?<value>-?[0-9]\w*|[A-Z][A-Z0-9]*|<pid \w+>)( (?<error>E[A-Z0-9]+))?$", Options, 1000)]
    private static partial Regex ResultValue();

    [GeneratedRegex(@"^(?<signal>\w+)(?: code=(?<code>\S+)( pid=(?<pid>\S+))?( status=(?<status>\S+))?| pid=(?<pid>\S+) code=(?<code>\S+) status=(?<status>\S+))$", Options, 1000)]
    private static partial Regex Info();
}
