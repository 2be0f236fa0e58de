using Sim.Scenarios.Oracle;
using Sim.Scenarios.Oracle.Logs;
using Sim.Unit.Repository;

namespace Sim.Unit.Scenarios.Oracle;

/// <summary>The recordings that come with Sim are understood, all of them and every line.</summary>
public sealed class RecordingFiles
{
    private static readonly string[] s_untraced =
    [
        "exit_code_truncated",
        "exit_orphaned_pgrp",
        "exit_orphaned_pgrp_running",
        "exit_waitid_status",
        "jc_untraced_stop_cont",
        "kill_zombie",
        "leader_zombie_exit_group",
        "race_two_deaths",
        "rp_orphan",
        "rp_pdeathsig",
        "sigchld_ignored",
        "wait_clone_exit_signal_zero",
        "wait_wnowait_stop",
        "waitid_wnowait_group_code",
    ];

    public static TheoryData<string> Names => [.. Recordings.Names()];

    [Fact]
    public void All_files_are_carried_by_the_assembly()
    {
        IEnumerable<string> files = Directory.GetFiles(Checkout.File("data/oracle/recordings"))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);
        Assert.Equal(files, Recordings.Names(), StringComparer.Ordinal);
        Assert.Equal(149, Recordings.Names().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Events_are_printed_back_as_they_stand(string name)
    {
        string text = Recordings.Text(name)!;
        Recording recording = Recordings.Read(name)!;

        Assert.Equal(name, recording.Name);
        string events = recording.PrintEvents();
        Assert.EndsWith("\n" + events, text, StringComparison.Ordinal);
        string header = text[..^events.Length];
        Assert.All(header.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("# ", line, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_run_is_in_one_outcome(string name)
    {
        Recording recording = Recordings.Read(name)!;

        Assert.Equal(recording.Runs, recording.Outcomes.Sum(outcome => outcome.Seen));
        Assert.Equal(recording.IsDeterministic, recording.Outcomes.Length == 1);
        Assert.All(recording.Tallies, total => Assert.Equal(total.Runs, recording.Outcomes
            .Sum(outcome => outcome.Tallies.First(tally => string.Equals(tally.Condition, total.Condition, StringComparison.Ordinal)).Runs)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Options_and_status_words_of_waits_are_known(string name)
    {
        foreach (WaitpidEvent wait in Recordings.Read(name)!.Outcomes.SelectMany(outcome => outcome.Events).OfType<WaitpidEvent>())
        {
            long options = wait.Options.Split('|')
                .Sum(option => Constants.TryValue(option, out long bit) ? bit : long.Parse(option, null));
            Assert.Equal(wait.Options, Constants.WaitOptions(options));
        }
    }

    [Fact]
    public void Recordings_without_ptrace_are_found()
        => Assert.Equal(s_untraced, Recordings.Names().Where(name => Recordings.Read(name)!.IsUntraced), StringComparer.Ordinal);

    [Fact]
    public void Only_the_log_names_the_child_of_a_clone_in_place()
    {
        Recording[] untraced = [.. s_untraced.Select(name => Recordings.Read(name)!)];
        Recording clone = Assert.Single(untraced, recording => recording.NamesOnlyInLog.Any());

        Assert.Equal("wait_clone_exit_signal_zero", clone.Name);
        Assert.Equal("B1", Assert.Single(clone.NamesOnlyInLog));
    }

    [Fact]
    public void Era_differences_name_lines_that_are_there()
    {
        IReadOnlyList<EraDifference> differences = Recordings.Differences();

        Assert.True(differences.Count > 40);
        EraDifference[] lines = [.. differences.Where(row => row.What.StartsWith("waitid(", StringComparison.Ordinal))];
        Assert.NotEmpty(lines);
        foreach (EraDifference difference in lines)
        {
            string line = $"{difference.What} = {difference.Observed}";
            Assert.Equal($"{difference.What} = {difference.Linux2632}", difference.Rewrite(line));
            Assert.Contains(Recordings.Names().Where(difference.AppliesTo).Select(name => Recordings.Read(name)!), recording =>
                recording.Outcomes.Any(outcome => outcome.Events.Any(logged => string.Equals(logged.Text, line, StringComparison.Ordinal))));
        }
    }
}
