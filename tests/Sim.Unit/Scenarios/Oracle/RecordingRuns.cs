using Sim.Scenarios.Oracle;
using Sim.Scenarios.Oracle.Running;

namespace Sim.Unit.Scenarios.Oracle;

/// <summary>The simulated kernel does what the recorded one did, under every schedule tried.</summary>
public sealed class RecordingRuns
{
    private static readonly IReadOnlyList<EraDifference> s_differences = Recordings.Differences();

    public static TheoryData<string> Untraced =>
        [.. Recordings.Names().Where(name => Recordings.Read(name)!.IsUntraced)];

    [Theory]
    [MemberData(nameof(Untraced))]
    public void Every_schedule_gives_a_recorded_log_and_each_is_given(string name)
    {
        Recording recording = Recordings.Read(name)!;

        RecordingResult result = RecordingCheck.Run(recording, s_differences);

        Assert.Null(result.Difference);
        Assert.Equal(RecordingVerdict.Agrees, result.Verdict);
        Assert.Equal(result.Runs, result.Outcomes.Sum());
        Assert.True(result.Runs > 200);
    }
}
