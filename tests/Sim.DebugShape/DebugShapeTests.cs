using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Sim.DebugShape;

public sealed class DebugShapeTests
{
    [Fact]
    public void State_machines_in_this_project_are_classes()
    {
        MethodInfo routine = typeof(DebugShapeTests).GetMethod(
            nameof(Routine), BindingFlags.NonPublic | BindingFlags.Static)!;

        Type shape = routine.GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType;

        Assert.False(shape.IsValueType);
    }

    private static async ValueTask Routine() => await ValueTask.CompletedTask;
}
