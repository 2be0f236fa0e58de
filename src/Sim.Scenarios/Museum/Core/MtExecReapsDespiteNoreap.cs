using Sim.Kernel.Barriers;
using Sim.Kernel.Signals;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;

namespace Sim.Scenarios.Museum.Core;

/// <summary>A leader that exec releases.</summary>
internal sealed class MtExecReapsDespiteNoreap : MachineObject
{
    /// <summary>The exhibit.</summary>
    internal static Exhibit Exhibit { get; } = new()
    {
        Name = "mt-exec-reaps-despite-noreap",
        Title = "exec by another thread reaps the old leader although tracing pins it",
        Group = ExhibitGroup.UtraceCore,
        Source = "RHEL 5, 2.6.18-8.1.3 (early 2007, of the family of CVE-2007-0771): comments say that de_thread() " +
            "ignores NOREAP; a BUG_ON is gone, and exit_state is tested under tasklist_lock before sighand is " +
            "used",
        Actors = ["thread that calls exec", "tracer"],
        Story = "The tracer has attached to the leader of a process and believes that nobody can release it. Another " +
            "thread calls exec: the leader dies, its number is taken over, and it is released. The tracer takes " +
            "the siglock of the leader's handlers, and there are none any more.",
        Fix = "exit_state is tested under tasklist_lock before the handlers are used.",
        Switch = "the tracer does not test exit_state before it uses sighand",
        Guarantee = "OOPS",
        HasUtrace = false,
        Build = Make,
    };

    private readonly KernelWorld _world;
    private readonly TaskStruct _leader;
    private readonly bool _tests;

    private MtExecReapsDespiteNoreap(SimMachine machine, WorldRequest request)
        : base(machine, "exhibit", "mt-exec-reaps-despite-noreap")
    {
        _tests = !Museum.Exhibit.IsFaulty(request);
        _world = new KernelWorld(machine, init: false);
        _leader = _world.Process("leader", Pause);
        _leader.Get(machine.BootCpu).GetAwaiter().GetResult();
        _world.Thread("thread", _leader, Exec);
        _world.Stranger("tracer", user => Resume(user.Cpu));
    }

    private static Action? Make(SimMachine machine, WorldRequest request)
    {
        _ = new MtExecReapsDespiteNoreap(machine, request);
        return null;
    }

    private static async Op<int> Pause(User user)
    {
        await user.Pause();
        return 1;
    }

    private static async Op<int> Exec(User user)
    {
        await user.Exec(KernelWorld.Exits(0));
        return 2;
    }

    /// <summary>ptrace_resume(): wakes the leader, or changes its signals.</summary>
    private async Op Resume(Cpu cpu)
    {
        await _world.Kernel.Tasklist.AcquireRead(cpu);
        bool alive = !_tests || await cpu.ReadOnce(_leader.ExitState) == ExitState.Alive;
        if (!_tests)
        {
            await _world.Kernel.Tasklist.ReleaseRead(cpu);
        }

        if (alive)
        {
            SighandStruct sighand = (await cpu.ReadOnce(_leader.Sighand))!;
            await sighand.Siglock.Acquire(cpu);
            await sighand.Siglock.Release(cpu);
        }

        if (_tests)
        {
            await _world.Kernel.Tasklist.ReleaseRead(cpu);
        }

        await _leader.Put(cpu);
    }
}
