namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>The names of a script: what is defined, and what is used and must be defined somewhere.</summary>
internal sealed class Names
{
    private readonly HashSet<string> _tasks = new(StringComparer.Ordinal) { "H" };
    private readonly HashSet<string> _programs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asm = new(StringComparer.Ordinal);
    private readonly List<(string Name, TokenReader Reader, Token At)> _taskUses = [];
    private readonly List<(string Name, TokenReader Reader, Token At)> _programUses = [];
    private readonly List<(string Name, TokenReader Reader, Token At)> _asmUses = [];
    private readonly List<(SetMode Set, TokenReader Reader, Token At)> _modeUses = [];

    private readonly List<(string Name, TokenReader Reader, Token At)> _commandUses = [];
    private readonly HashSet<string> _servers = new(StringComparer.Ordinal);

    internal List<IfMode> Modes { get; } = [];

    internal List<string> LogFormats { get; } = [];

    internal bool UsesPtrace { get; set; }

    internal IEnumerable<string> Tasks => _tasks.Order(StringComparer.Ordinal);

    internal void DefineTask(string name) => _tasks.Add(name);

    internal bool DefineProgram(string name) => _programs.Add(name);

    internal void DefineAsm(string name) => _asm.Add(name);

    internal bool HasProgram(string name) => _programs.Contains(name);

    internal void UseTask(string name, TokenReader reader, Token at) => _taskUses.Add((name, reader, at));

    internal void UseProgram(string name, TokenReader reader, Token at) => _programUses.Add((name, reader, at));

    /// <summary>A mark whose commands a program executes.</summary>
    internal void DefineServer(string mark) => _servers.Add(mark);

    internal void UseCommand(string mark, TokenReader reader, Token at) => _commandUses.Add((mark, reader, at));

    internal void UseMode(SetMode set, TokenReader reader, Token at) => _modeUses.Add((set, reader, at));

    /// <summary>A function that is called in a value: known, or the code of an <c>asm:</c> line.</summary>
    internal void UseFunction(string name, TokenReader reader, Token at)
    {
        if (name.EndsWith("_run", StringComparison.Ordinal))
        {
            _asmUses.Add((name[..^4], reader, at));
        }
        else if (IsTracing(name))
        {
            UsesPtrace = true;
        }
        else if (!IsKnown(name))
        {
            throw reader.Error("unknown statement", at);
        }
    }

    /// <summary>Throws for the first name that is used and not defined.</summary>
    internal void Check()
    {
        Check(_programUses, _programs, "unknown program");
        Check(_asmUses, _asm, "unknown machine code");
        Check(_taskUses, _tasks, "unknown task");
        Check(_commandUses, _servers, "no program executes the commands of this task");
        foreach ((SetMode set, TokenReader reader, Token at) in _modeUses)
        {
            if (!Modes.Exists(mode => mode.Then == set.Meaning))
            {
                throw reader.Error("no program has a mode with this meaning", at);
            }
        }
    }

    private static void Check(List<(string Name, TokenReader Reader, Token At)> uses, HashSet<string> defined, string problem)
    {
        foreach ((string name, TokenReader reader, Token at) in uses)
        {
            if (!defined.Contains(name))
            {
                throw reader.Error(problem, at);
            }
        }
    }

    private static bool IsTracing(string name)
        => name is "ptrace" or "peek" or "PU" or "UOFF" or "MSGR";

    private static bool IsKnown(string name) => IsSystemCall(name) || name is
        "W" or "stf" or "pid_of" or "offsetof" or "sprintf" or "strcmp" or "strlen" or "memset"
        or "WIFSTOPPED" or "WIFEXITED" or "WIFSIGNALED" or "WIFCONTINUED" or "WSTOPSIG" or "WTERMSIG" or "WEXITSTATUS";

    private static bool IsSystemCall(string name) => name is
        "clone" or "fork" or "vfork" or "execve" or "exit" or "exit_group" or "pause" or "nanosleep" or "sched_yield"
        or "getpid" or "getppid" or "gettid" or "getpgid" or "getpgrp" or "getsid" or "setpgid" or "setsid" or "prctl"
        or "kill" or "tkill" or "tgkill" or "sigqueue" or "wait4" or "waitpid" or "waitid"
        or "raise" or "abort" or "alarm" or "usleep" or "rt_sigqueueinfo" or "rt_tgsigqueueinfo"
        or "sigaction" or "sigprocmask" or "sigpending" or "sigsuspend" or "sigtimedwait" or "open" or "read" or "write" or "close" or "pipe";
}
