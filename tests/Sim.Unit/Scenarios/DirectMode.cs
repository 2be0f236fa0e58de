using Sim.Machine;
using Sim.Scenarios;

namespace Sim.Unit.Scenarios;

/// <summary>The same kernel code runs without scheduling points, records and checks.</summary>
public sealed class DirectMode
{
    /// <summary>
    /// All but those whose tasks wait for what observers saw, since in direct mode nobody observes, and the one that
    /// waits for a stop that variant b does not make (F4), one goes round for ever, which is its point.
    /// </summary>
    public static TheoryData<string> Names { get; } =
        new(Catalogue.Scenarios.Where(scenario => scenario.HasUtrace).Select(scenario => scenario.Name)
            .Except(["request-vs-resume", "quiet-stop", "step-fork"], StringComparer.Ordinal));

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
