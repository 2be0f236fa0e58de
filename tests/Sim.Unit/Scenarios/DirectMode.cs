using Sim.Machine;
using Sim.Scenarios;

namespace Sim.Unit.Scenarios;

/// <summary>The same kernel code runs without scheduling points, records and checks.</summary>
public sealed class DirectMode
{
    /// <summary>All but the one whose tasks wait for what observers saw: in direct mode nobody observes.</summary>
    public static TheoryData<string> Names { get; } =
        new(Catalogue.Scenarios.Where(scenario => scenario.HasUtrace).Select(scenario => scenario.Name)
            .Except(["request-vs-resume"], StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_race_world_runs_to_its_end_in_direct_mode(string name)
    {
        var machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct, Lanes = 32 });
        Action? atEnd = Worlds.Of(name)(machine);

        Assert.True(machine.Run());
        atEnd?.Invoke();
        Assert.Null(machine.Violation);
        Assert.Equal(0, machine.StepCount);
    }
}
