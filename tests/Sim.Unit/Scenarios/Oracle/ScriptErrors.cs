using Sim.Scenarios.Oracle;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Unit.Scenarios.Oracle;

/// <summary>What a script may say, and that everything else is one clear error.</summary>
public sealed class ScriptErrors
{
    private const string Child = "# program a: pause for ever";

    [Theory]
    [InlineData("frobnicate A", "unknown statement: frobnicate A")]
    [InlineData("frobnicate(A)", "unknown statement: frobnicate(A)")]
    [InlineData("A", "unknown statement: A")]
    [InlineData("fork B = program nobody", "unknown program: nobody")]
    [InlineData("waitpid(C, 0)", "unknown task: C, 0)")]
    [InlineData("waitpid(A, WNOTHING)", "unknown constant: WNOTHING)")]
    [InlineData("block{SIGNONE}", "unknown constant: SIGNONE}")]
    [InlineData("kill(A, SIGNONE)", "unknown constant: SIGNONE)")]
    [InlineData("ignore x", "signals must be known constants: x")]
    [InlineData("A: exit_group(6)", "no program executes the commands of this task: A: exit_group(6)")]
    [InlineData("await A asleep", "unknown condition: asleep")]
    [InlineData("show the weather of A", "unknown view: the weather of A")]
    [InlineData("ptrace FROB A", "unknown ptrace request: FROB A")]
    [InlineData("loop: { set flag 1", "'}' expected: end of the program")]
    [InlineData("set flag 1 }", "'}' without '{': }")]
    [InlineData("set flag 1 set flag 2", "';' expected: set flag 2")]
    [InlineData("log \"never closed", "a quote is not closed: \"never closed")]
    [InlineData("A mode := exit(3)", "no program has a mode with this meaning: A mode := exit(3)")]
    [InlineData("pid_t x = clone(0); if (!x) set flag 1", "the child's branch must end the child: if (!x) set flag 1")]
    [InlineData("K_run()", "unknown machine code: K_run()")]
    public void A_script_that_is_not_understood_is_an_error_with_its_place(string statement, string problem)
    {
        OracleFormatException error = Assert.Throws<OracleFormatException>(
            () => Parse($"# script: fork A = program a;\n#     {statement}", Child));

        Assert.Equal($"made_up.txt:6: {problem}", error.Message);
        Assert.Equal(6, error.Line);
    }

    [Fact]
    public void An_error_in_a_program_has_the_line_of_the_program()
        => Assert.Equal(
            "made_up.txt:6: unknown statement: sing()",
            Assert.Throws<OracleFormatException>(() => Parse("# script: fork A = program a", "# program a: sing()")).Message);

    [Fact]
    public void A_line_of_a_log_that_is_not_understood_is_an_error()
        => Assert.Equal(
            "made_up.txt:9: unknown event: T   waitpid(A, 0) = A exited(4) [0x500]",
            Assert.Throws<OracleFormatException>(
                () => Parse("# script: fork A = program a", Child, "T   waitpid(A, 0) = A exited(4) [0x500]")).Message);

    [Fact]
    public void A_free_line_needs_a_log_statement()
    {
        const string line = "T   the answer is 42, it says";
        Assert.Throws<OracleFormatException>(() => Parse("# script: set flag 1", Child, line));

        Recording recording = Parse("# script: log \"the answer is %ld, %s says\"", Child, line);
        Assert.Equal(line, Assert.Single(recording.Outcomes[0].Events).Line);
    }

    [Fact]
    public void A_missing_header_is_an_error()
        => Assert.Equal(
            "made_up.txt:1: a header is missing: script",
            Assert.Throws<OracleFormatException>(() => RecordingParser.Parse("# scenario: made_up\n", "made_up.txt")).Message);

    [Fact]
    public void A_clone_in_place_has_its_child_s_branch()
    {
        Script script = Parse("# script: pid_t x = clone(CLONE_VFORK | SIGCHLD); if (!x) { exit_group(11); } waitpid(x, 0)", Child).Script;

        var clone = Assert.IsType<ForkHere>(script.Main.Statements[0]);
        Assert.Equal(0x4011, Assert.IsType<Number>(clone.Flags).Value);
        Assert.IsType<ExitGroup>(Assert.Single(Assert.IsType<Block>(clone.Child).Statements));
        Assert.IsType<Waitpid>(script.Main.Statements[1]);
    }

    [Fact]
    public void A_mode_is_found_by_its_meaning()
    {
        Script script = Parse(
            "# script: fork A = program a; A mode := exit(6); A mode := exit_group(6)",
            "# program a: if mode 1: exit(6) (this thread only); if mode 2: exit_group(6)").Script;

        Assert.Equal([1, 2], script.Main.Statements.OfType<SetMode>().Select(script.ModeOf));
    }

    [Theory]
    [InlineData("fork A = program a; waitpid(A, __WALL | WNOHANG); show TracerPid/PPid of A", true)]
    [InlineData("fork A = program a; waitid(P_PGID, A, WEXITED); kill(-A, SIGTERM); waitpid(-A, 0); waitpid(0, 0)", true)]
    [InlineData("fork A = program a; setpgid(A, A); setpgid(0, A); sigqueue(A, SIGUSR1, 5); tgkill(A, A, SIGUSR1)", true)]
    [InlineData("fork A = program a; pid_t r = wait4(A, &s, WNOHANG, 0); if (r == 0) kill(A, 9); else kill(A, SIGRTMIN + 2)", true)]
    [InlineData("fork A = program a; ptrace ATTACH A", false)]
    [InlineData("fork A = program a; long r = ptrace(ATTACH, A, 0, 0)", false)]
    [InlineData("fork A = program a; await A in ptrace stop", false)]
    [InlineData("fork A = program a; fork T2 = {ATTACH A; waitpid(A) (SIGSTOP); CONT A with SIGSTOP; waitpid(A) (group stop); exit(1)}", false)]
    public void What_traces_is_known_from_the_script(string script, bool untraced)
        => Assert.Equal(untraced, Parse("# script: " + script, Child).IsUntraced);

    [Fact]
    public void A_program_that_serves_another_task_s_requests_is_a_tree_of_typed_statements()
    {
        Script script = Recordings.Read("rp_orphan")!.Script;

        Assert.Equal(
            [
                new Fork("P", "p_parent"),
                new Await(new NamedTask("A"), TaskCondition.Sleeping, ""),
                new Show(View.Parents, new NamedTask("A")),
                new OnBehalf("P", new ExitGroup(new Number(6, "6"))),
                new Waitpid(new NamedTask("P"), new Number(0, "0")),
                new Show(View.Parents, new NamedTask("A")),
                new Waitpid(new NamedTask("A"), new Number(1, "WNOHANG")),
                new Kill(new NamedTask("A"), new Number(9, "SIGKILL")),
                new Await(new NamedTask("A"), TaskCondition.Zombie, ""),
            ],
            script.Main.Statements);
        Block parent = script.Program("p_parent").Body;
        Assert.Collection(
            parent.Statements,
            block => Assert.Equal(17, Assert.Single(Assert.IsType<BlockSignals>(block).Signals.Signals).Value),
            fork => Assert.Equal(new Fork("A", "a_gs2"), fork),
            serve => Assert.Equal(new ServeCommands("P"), serve));
    }

    [Fact]
    public void A_step_written_as_several_keeps_its_tracee()
    {
        Script script = Recordings.Read("step_cont_no_trap")!.Script;

        Assert.Equal(
            [
                new PtraceRequest("SINGLESTEP", new NamedTask("A"), null),
                new Waitpid(new NamedTask("A"), new Number(0, "0")),
                new Show(View.StepRegisters, new NamedTask("A")),
            ],
            Assert.IsType<Sequence>(script.Main.Statements[2]).Statements);
    }

    private static Recording Parse(string script, string program, string log = "T   kill(A, SIGKILL) = 0")
        => RecordingParser.Parse(
            $"# scenario: made_up\n# group: none\n# kernel: none\n# result: deterministic, 1 outcome(s) in 2 runs (plain 2)\n"
            + $"{script}\n{program}\n# era (2.6.32 + utrace) note: same\n# setup/steps: none\n{log}\n",
            "made_up.txt");
}
