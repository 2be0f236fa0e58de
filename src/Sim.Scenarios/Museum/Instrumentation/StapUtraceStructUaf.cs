namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>A pointer out of a read section.</summary>
internal static class StapUtraceStructUaf
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "stap-utrace-struct-uaf",
        Title = "the struct of a task is freed while somebody has it",
        Group = ExhibitGroup.Instrumentation,
        Source = "SystemTap 2be113ee9 (February 2021): a reference count, the task pinned, and a look-up that takes a " +
            "reference only if there still is one",
        Actors = ["tracee", "controller"],
        Story = "A controller looks the struct of a task up in the hash table, in an RCU read section, and leaves the " +
            "section. The dying task takes its struct out of the table and frees it after a grace period. The " +
            "controller takes a lock in freed memory.",
        Fix = "A reference, taken inside the read section unless the count is 0 already.",
        Switch = "the look-up takes no reference",
        Guarantee = "KASAN",
        HasUtrace = false,
        Build = StructTable.World(StructMistake.NoReference),
    };
}
