using Sim.Kernel;
using Sim.Machine.Memory;

namespace Sim.Scenarios.Museum.Controls;

/// <summary>A barrier whose place a lock takes on x86.</summary>
internal static class DoWaitUnderTso
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "control-do-wait-tso",
        Title = "the barrier between do_wait()'s state and its look at the children is not needed on x86",
        Group = ExhibitGroup.Kernel,
        Source = "upstream f95d39d10fe (June 2009), whose author called the race theoretical",
        Actors = ["waiter", "child"],
        Story = "do_wait() once stored TASK_INTERRUPTIBLE without a barrier before it looked at the children: the " +
            "store could pass the look, and a child's wake-up find the waiter running. Between the two is " +
            "read_lock(&tasklist_lock), a locked instruction on x86. On POWER, where taking a lock lets an earlier " +
            "store pass a later load, the barrier is needed: do-wait-missing-barrier.",
        Fix = "None is needed on x86; set_current_state() where locks are weaker.",
        Switch = "do_wait() sets its state with a plain store",
        Guarantee = "",
        Memory = MemoryModel.Tso,
        Without = [KernelSites.DoWaitState],
        HasUtrace = false,
        Build = KnownWorld.Life("exit-vs-wait"),
    };
}
