using System.Text;
using System.Text.RegularExpressions;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Scenarios.Laws;
using Sim.Scenarios.Life;
using Sim.Scenarios.Matrix;
using Sim.Scenarios.Museum;

namespace Sim.Unit.Repository;

/// <summary>What the documents claim is there.</summary>
public sealed partial class Documents
{
    [Fact]
    public void Every_name_of_the_glossary_is_in_its_file()
    {
        int rows = 0;
        foreach (string line in File.ReadLines(Checkout.File("docs/GLOSSARY.md")))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 5 || !cells[3].StartsWith("src/", StringComparison.Ordinal))
            {
                continue;
            }

            string text = File.ReadAllText(Checkout.File(cells[3]));
            foreach (Match name in Quoted().Matches(cells[2]))
            {
                Assert.Contains(name.Groups["name"].Value, text, StringComparison.Ordinal);
                rows++;
            }
        }

        Assert.True(rows > 30);
    }

    [Fact]
    public void Exit_states_are_drawn_from_the_table()
    {
        var text = new StringBuilder("# Exit states\n\nDrawn from `ExitStates.Moves` by a test; do not edit.\n\n");
        text.Append("| from | to | who moves it, under what |\n|---|---|---|\n");
        foreach ((ExitState from, ExitState to, string by) in ExitStates.Moves)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {from} | {to} | {by} |\n");
        }

        text.Append("\n```mermaid\nstateDiagram-v2\n    [*] --> Alive\n");
        foreach ((ExitState from, ExitState to) in ExitStates.Moves.Select(move => (move.From, move.To)).Distinct())
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"    {from} --> {to}\n");
        }

        text.Append("    Dead --> [*]\n```\n");
        Checkout.Expect("docs/exit-states.md", text.ToString());
    }

    [Fact]
    public void The_life_of_a_task_is_drawn_from_its_tables()
    {
        var text = new StringBuilder("# The life of a task\n\nThe picture and the table are drawn from `TaskLife.Moves` and ");
        text.Append("`ExitStates.Moves` by a test; do not edit. Random lives are held against them.\n\n");
        text.Append("```mermaid\nstateDiagram-v2\n    [*] --> Running: fork, clone\n");
        foreach ((TaskState from, TaskState to, string _) in TaskLife.Moves)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"    {from} --> {to}\n");
        }

        text.Append("    state \"exiting: exit_state\" as Exiting {\n        [*] --> Zombie: exit_notify, the parent is told\n");
        text.Append("        [*] --> EXIT_DEAD: nobody will wait\n        Zombie --> EXIT_DEAD: whoever reaps it\n    }\n");
        text.Append("    Running --> Exiting: do_exit\n    Exiting --> [*]: release_task, last reference dropped\n```\n\n");
        text.Append("| from | to | by |\n|---|---|---|\n");
        foreach ((TaskState from, TaskState to, string by) in TaskLife.Moves)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {from} | {to} | {by} |\n");
        }

        text.Append("\nThe moves of `exit_state` are in `docs/exit-states.md`. In the order of a life: ");
        text.Append("`Lifecycle/ForkPath` makes the task, `UserMode/SyscallGate` is its way into the kernel and back, ");
        text.Append("`Signals/DeliveryPath` takes its signals, `Signals/GroupStop` stops it, `Lifecycle/ExecPath` gives it another ");
        text.Append("program, `Lifecycle/ExitPath` ends it, `Waiting/WaitPath` reports it, `Lifecycle/ReleasePath` forgets it.\n");
        Checkout.Expect("docs/life-of-a-task.md", text.ToString());
    }

    [Fact]
    public void Guarantees_are_listed_from_the_laws()
    {
        var text = new StringBuilder("# Guarantees\n\nListed from `AllLaws` by a test; do not edit. ");
        text.Append("Each law is a file in `src/Sim.Scenarios/Laws`, whose comment has the whole promise.\n\n");
        foreach (Law law in AllLaws.List)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"- **{law.Name}** {law.Sentence}\n");
        }

        text.Append("\nLaws of the life of tasks, which the kernel scenarios watch (`src/Sim.Scenarios/Life/LifeLaws.cs`):\n\n");
        foreach (LifeLaw law in LifeLaws.List)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"- **{law.Name}** {law.Sentence}\n");
        }

        text.Append("\nPromises of kernel, probes and programs, which worlds of the museum watch (`src/Sim.Scenarios/Museum/MuseumLaws.cs`):\n\n");
        foreach (LifeLaw law in MuseumLaws.List)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"- **{law.Name}** {law.Sentence}\n");
        }

        Checkout.Expect("docs/guarantees.md", text.ToString());
    }

    [Fact]
    public void Mutations_are_listed_from_the_matrix()
    {
        var text = new StringBuilder("# The mutation table\n\nListed from `SiteMatrix` by a test, and run by another; do not edit. ");
        text.Append("`sim matrix` explores every row again. \"clean\" means explored to the end, and nothing broke; ");
        text.Append(
            System.Globalization.CultureInfo.InvariantCulture,
            $"\"?\" means that nothing broke in the first {SiteMatrix.MostExecutions:N0} executions.\n\n");
        text.Append("| site taken away | sc | tso | lkmm and power | world |\n|---|---|---|---|---|\n");
        foreach (SiteRow row in SiteMatrix.Shown)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"| {row.Sites.Replace(",", " + ", StringComparison.Ordinal)} | {Caught(row.Sc)} | {Caught(row.Tso)} | {Views(row)} | {World(row)} |\n");
        }

        text.Append("\n## What nothing catches\n\n| site | why |\n|---|---|\n");
        foreach (SilentSite silent in SiteMatrix.Silent)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {silent.Site} | {silent.Why} |\n");
        }

        Checkout.Expect("docs/mutations.md", text.ToString());

        static string Caught(string guarantee) => guarantee is "" ? "clean" : guarantee is "?" ? "?" : $"**{guarantee}**";

        static string Views(SiteRow row)
            => row.OnPower is null ? Caught(row.Views) : $"{Caught(row.Views)} under lkmm, {Caught(row.OnPower)} under power";

        static string World(SiteRow row) => row.Variant is "b" ? row.World : $"{row.World} --variant {row.Variant}";
    }

    [Fact]
    public void System_calls_are_listed_from_the_table()
    {
        var text = new StringBuilder("# System calls\n\nListed from `AllCalls` by a test; do not edit. ");
        text.Append("A call of Linux 2.6.32 that is not here, or whose support is `None`, answers ENOSYS ");
        text.Append("and is noted in the trace once per machine.\n\n");
        text.Append("| call | x86_64 | i386 | ppc64 | ppc | support | note |\n|---|---|---|---|---|---|---|\n");
        foreach (SystemCall call in AllCalls.List.OrderBy(call => call.Name, StringComparer.Ordinal))
        {
            Sim.Arch.SyscallEntry entry = SyscallDispatch.EntryOf(call.Name)!;
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"| {call.Name} | {entry.X86_64} | {entry.I386} | {entry.Ppc64} | {entry.Ppc32} | {call.Level} | {call.Note} |\n");
        }

        Checkout.Expect("docs/syscalls.md", text.ToString());
    }

    [GeneratedRegex("`(?<name>[A-Za-z]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
