using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Core;

/// <summary>An answer that nobody looks at.</summary>
internal sealed class SigchldIgnoredZombie : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "sigchld-ignored-zombie",
        Title = "a deferred death notice finds that SIGCHLD is ignored, and nobody reaps",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5, 2.6.18-8.1.3 and the utrace for 2.6.20 (2007): after the notice they look whether the task " +
            "reaps itself now; upstream siblings are 1b04624f93b and 7f5d3652d46 (2008, 2009)",
        Actors = ["tracer", "parent"],
        Story = "The task is dead, and tracing held back the notice to its parent. The tracer lets it go and tells " +
            "the parent, which ignores SIGCHLD: such a child has to reap itself. But the child has finished dying " +
            "long ago, and the tracer goes away. The zombie stays for ever, and no wait() sees it.",
        Fix = "Whoever gives the notice looks at its result and releases the task.",
        Switch = "the caller of do_notify_parent() does not look at its answer",
        Guarantee = "K4",
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _child;
    private readonly bool _looks;

    private SigchldIgnoredZombie(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "sigchld-ignored-zombie")
    {
        _looks = !Museum.Exhibit.IsFaulty(request);
        _world = new KernelWorld(machine, init: false, hooks: new NoTracing());
        TaskStruct parent = _world.Stranger("parent", user => IgnoreChildren(user));
        _child = _world.Zombie("child", parent, 7);
        _child.Get(machine.BootCpu).GetAwaiter().GetResult();
        _world.Kernel.SetAction(parent, Signals.SIGCHLD, SigAction.Ignore);
        _world.Stranger("tracer", user => CheckDead(user.Cpu));
    }

    private static Action Make(SimMachine machine, WorldRequest request)
        => new SigchldIgnoredZombie(machine, request)._world.AtEnd;

    private async Op IgnoreChildren(User user) => await user.Wait4(_child.Tgid, WaitOptions.NoHang);

    /// <summary>check_dead_utrace(): the notice that was held back.</summary>
    private async Op CheckDead(Cpu cpu)
    {
        LinuxKernel kernel = _world.Kernel;
        bool reaps = false;
        await kernel.Tasklist.AcquireWrite(cpu);
        if (await cpu.ReadOnce(_child.ExitState) == ExitState.Zombie)
        {
            int answer = await kernel.Notice.OfDeath(cpu, _child, Signals.SIGCHLD);
            reaps = _looks && answer == DeathAction.Reap;
            if (reaps)
            {
                await cpu.WriteOnce(_child.ExitState, ExitState.Dead);
            }
        }

        await kernel.Tasklist.ReleaseWrite(cpu);
        if (reaps)
        {
            await kernel.Release.ReleaseTask(cpu, _child);
        }

        await _child.Put(cpu);
    }
}
