using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Yardsticks;

/// <summary>The exit of a task against attaching to it and reaping it, as plain C programs.</summary>
internal static class Lifecycles
{
    /// <summary>The programs.</summary>
    internal static IReadOnlyList<Scenario> Scenarios { get; } =
    [
        Yardstick.Of("exit", "exit, reap and n attachers under one lock", 3, 7, Exit),
        Yardstick.Of("attachbug", "attaching tests exit_state too early: the event can get lost", AttachBug),
    ];

    private static void Exit(Variables program, int n)
    {
        var task = new TaskCells(program);
        program.Machine.Spawn("exit", task.Exit);
        program.Machine.Spawn("reap", task.Reap);
        program.Machine.SpawnEach(n, "attach", (cpu, _) => task.Attach(cpu));
    }

    private static void AttachBug(Variables program)
    {
        var task = new TaskCells(program);
        program.Machine.Spawn("exit", task.ExitUnlocked);
        program.Machine.Spawn("attach", task.AttachUnlocked);
    }

    /// <summary>The state of the task and what happens to it.</summary>
    private sealed class TaskCells(Variables program) : MachineObject(program.Machine, "task")
    {
        private readonly Shared<int> _lock = program.Word("lock");
        private readonly Shared<int> _exitState = program.Word("exit_state");
        private readonly Shared<int> _attached = program.Word("attached");
        private readonly Shared<int> _event = program.Word("event");

        internal async Op Exit(Cpu cpu)
        {
            await cpu.Lock(_lock);
            await cpu.Store(_exitState, 1);
            int attached = await cpu.Load(_attached);
            await cpu.Unlock(_lock);
            if (attached != 0)
            {
                await cpu.Store(_event, 1);
            }
        }

        internal async Op Reap(Cpu cpu)
        {
            await cpu.Lock(_lock);
            if (await cpu.Load(_exitState) == 1)
            {
                await cpu.Store(_exitState, 2);
            }

            await cpu.Unlock(_lock);
        }

        internal async Op Attach(Cpu cpu)
        {
            await cpu.Lock(_lock);
            if (await cpu.Load(_exitState) == 0)
            {
                await cpu.Store(_attached, 1);
            }

            await cpu.Unlock(_lock);
        }

        internal async Op ExitUnlocked(Cpu cpu)
        {
            await cpu.Store(_exitState, 1);
            if (await cpu.Load(_attached) != 0)
            {
                await cpu.Store(_event, 1);
            }
        }

        internal async Op AttachUnlocked(Cpu cpu)
        {
            if (await cpu.Load(_exitState) != 0)
            {
                return;
            }

            await cpu.Store(_attached, 1);
            if (await cpu.Load(_exitState) != 0 && await cpu.Load(_event) == 0)
            {
                Machine.Violate("EVENT", "attached to a task that has exited, and no event came");
            }
        }
    }
}
