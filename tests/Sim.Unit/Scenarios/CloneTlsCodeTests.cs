using Sim.Explore;
using Sim.Machine.Memory;

namespace Sim.Unit.Scenarios;

/// <summary>What the day's discussion says of a child that is made by clone() without CLONE_SETTLS, in machine code.</summary>
public sealed class CloneTlsCodeTests
{
    [Theory]
    [InlineData("clone-tls-code")]
    [InlineData("clone-tls-code powerpc=1")]
    public void Two_tasks_with_one_thread_pointer_have_one_errno(string world)
    {
        foreach (MemoryModel memory in new[] { MemoryModel.Sc, MemoryModel.Tso })
        {
            Finding finding = Assert.Single(Explorer.Run(Worlds.Parse(world + " settls=0"), Worlds.Options(memory)).Findings);
            Assert.Equal("K5", finding.Violation.Guarantee);
        }
    }

    [Theory]
    [InlineData("clone-tls-code")]
    [InlineData("clone-tls-code powerpc=1")]
    [InlineData("clone-tls-code raw=1 settls=0")]
    [InlineData("clone-tls-code powerpc=1 raw=1 settls=0")]
    public void With_CLONE_SETTLS_or_raw_system_calls_each_sees_its_own_error(string world)
    {
        Assert.Equal(Verdict.Complete, Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Sc)).Verdict);
        Assert.Equal(Verdict.Complete, Explorer.Run(Worlds.Parse(world), Worlds.Options(MemoryModel.Tso)).Verdict);
    }
}
