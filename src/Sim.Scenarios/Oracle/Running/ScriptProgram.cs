using Sim.Kernel.UserMode;
using Sim.Machine.Ops;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>A program of a script, as the kernel runs it.</summary>
[Immutable]
internal sealed class ScriptProgram(ScriptWorld world, Actor actor, Statement body, bool isRoot = false) : UserProgram
{
    /// <inheritdoc/>
    public override async Op<int> Main(User user)
    {
        if (!isRoot)
        {
            await world.Numbers.Register(user.Cpu, actor.Name.Get(user.Cpu)!, user.Gettid());
        }

        await new Interpreter(world, actor).Run(user, body);
        if (isRoot)
        {
            await world.Settling.End(user);
        }

        return 0;
    }
}
