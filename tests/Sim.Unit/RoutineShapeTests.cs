using System.Diagnostics;
using System.Reflection;

namespace Sim.Unit;

public sealed class RoutineShapeTests
{
    /// <summary>Only optimized code has struct state machines, the form that the machine copies.</summary>
    [Theory]
    [InlineData("Sim.Machine")]
    [InlineData("Sim.Arch")]
    [InlineData("Sim.Kernel")]
    [InlineData("Sim.Utrace")]
    [InlineData("Sim.Explore")]
    [InlineData("Sim.Scenarios")]
    public void Simulated_code_is_optimized_in_every_configuration(string assembly)
    {
        DebuggableAttribute? flags =
            Assembly.Load(assembly).GetCustomAttribute<DebuggableAttribute>();

        Assert.False(flags?.IsJITOptimizerDisabled ?? false);
    }
}
