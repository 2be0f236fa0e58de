using System.Reflection;
using Sim.Machine.Ops;
using Sim.Unit.Machine.Ops;

namespace Sim.Unit.Repository;

/// <summary>Every routine of the simulated world can be copied, not only those that a test runs.</summary>
public sealed class RoutineAuditTests
{
    [Theory]
    [InlineData("Sim.Machine", false)]
    [InlineData("Sim.Arch", true)]
    [InlineData("Sim.Kernel", true)]
    [InlineData("Sim.Utrace", true)]
    [InlineData("Sim.Scenarios", true)]
    [InlineData("Sim.Explore", true)]
    public void Every_routine_keeps_only_what_copies_can_share(string assembly, bool hasRoutines)
    {
        Type[] routines = [.. FrameAudit.Routines(Assembly.Load(assembly))];

        Assert.Equal(hasRoutines, routines.Length > 0);
        Assert.Empty(routines.Select(FrameAudit.Offence).OfType<string>());
    }

    [Fact]
    public void A_bad_routine_in_an_assembly_is_found()
        => Assert.Contains(
            FrameAudit.Routines(typeof(BadRoutines).Assembly).Select(FrameAudit.Offence).OfType<string>(),
            offence => offence.StartsWith("BadRoutines.KeepsAnArray keeps 'counts'", StringComparison.Ordinal));
}
