using Sim.Scenarios.Oracle;
using Sim.Scenarios.Oracle.Running;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Unit.Scenarios.Oracle;

/// <summary>A recording that the simulated kernel does not agree with is told from one that it does.</summary>
public sealed class RecordingDifferences
{
    [Fact]
    public void The_first_line_that_differs_is_named()
    {
        RecordingResult result = Check("kill_zombie", text => text.Replace("exited(4) [0x400]", "exited(5) [0x500]", StringComparison.Ordinal));

        Assert.Equal(RecordingVerdict.Differs, result.Verdict);
        Assert.Equal(
            new RecordingDifference(3, "T   waitpid(A, 0) = A exited(5) [0x500]", "T   waitpid(A, 0) = A exited(4) [0x400]", "another line"),
            result.Difference);
    }

    [Fact]
    public void A_line_too_many_is_a_difference()
    {
        RecordingResult result = Check("kill_zombie", text => text + "T   kill(A, 0) = -1 ESRCH\n");

        Assert.Equal(new RecordingDifference(5, "T   kill(A, 0) = -1 ESRCH", null, "another line"), result.Difference);
    }

    [Fact]
    public void An_outcome_that_no_schedule_gives_is_a_difference()
    {
        RecordingResult result = RecordingCheck.Run(Recordings.Read("race_two_deaths")!, [], executions: 0);

        Assert.Equal(RecordingVerdict.Differs, result.Verdict);
        Assert.Equal(1, result.Outcomes.Sum());
        Assert.StartsWith("no schedule of 1 gave outcome ", result.Difference!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_with_the_era_difference_does_2_6_32_agree()
    {
        Recording recording = Recordings.Read("waitid_wnowait_group_code")!;

        Assert.Equal(RecordingVerdict.Differs, RecordingCheck.Run(recording, [], executions: 5).Verdict);
        Assert.Equal(RecordingVerdict.Agrees, RecordingCheck.Run(recording, Recordings.Differences(), executions: 5).Verdict);
    }

    [Fact]
    public void A_recording_about_tracing_needs_ptrace()
        => Assert.Equal(RecordingVerdict.NeedsPtrace, RecordingCheck.Run(Recordings.Read("sysemu")!, []).Verdict);

    [Fact]
    public void What_the_interpreter_cannot_do_is_named()
    {
        var script = Script.Parse("pid_t x = fork(); log \"both\"", [], "test");

        ScriptResult result = ScriptRun.Run(script, [], seed: 1, executions: 1);

        Assert.Contains("not supported: ForkHere", result.Problem, StringComparison.Ordinal);
    }

    private static RecordingResult Check(string name, Func<string, string> change)
    {
        string text = Recordings.Text(name)!;
        Assert.NotEqual(text, change(text), StringComparer.Ordinal);
        return RecordingCheck.Run(RecordingParser.Parse(change(text), name), Recordings.Differences(), executions: 50);
    }
}
