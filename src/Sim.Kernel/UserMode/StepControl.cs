using Sim.Arch;
using Sim.Kernel.Barriers;
using Sim.Kernel.Memory;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>
/// Whether a task traps after its next instruction or branch: TIF_SINGLESTEP and, for a task with registers,
/// what the architecture does to them. Source: spec section 8.4.
/// </summary>
[Immutable]
public sealed class StepControl(LinuxKernel kernel)
{
    private const ThreadFlags Steps = ThreadFlags.SingleStep | ThreadFlags.BlockStep;

    /// <summary>arch_has_single_step().</summary>
    public bool HasSingleStep => kernel.Options.Architecture?.Stepping.HasSingleStep ?? kernel.Options.HasSingleStep;

    /// <summary>arch_has_block_step().</summary>
    public bool HasBlockStep => kernel.Options.Architecture?.Stepping.HasBlockStep ?? kernel.Options.HasBlockStep;

    /// <summary>user_enable_single_step(): the task traps after its next instruction.</summary>
    /// <remarks>Context: current, or the task is stopped. Locks: none are needed.</remarks>
    public Op EnableSingleStep(Cpu cpu, TaskStruct task) => Enable(cpu, task, ThreadFlags.SingleStep);

    /// <summary>user_enable_block_step(): the task traps after its next branch.</summary>
    /// <inheritdoc cref="EnableSingleStep"/>
    public Op EnableBlockStep(Cpu cpu, TaskStruct task) => Enable(cpu, task, Steps);

    /// <summary>user_disable_single_step(): neither.</summary>
    /// <inheritdoc cref="EnableSingleStep"/>
    public async Op Disable(Cpu cpu, TaskStruct task)
    {
        if (task.Registers.Get(cpu) is { } regs)
        {
            kernel.Options.Architecture!.Stepping.Disable(cpu, regs);
        }

        if ((await cpu.ReadOnce(task.ThreadFlags) & Steps) != ThreadFlags.None)
        {
            await cpu.ClearBits(task.ThreadFlags, Steps);
        }
    }

    private async Op Enable(Cpu cpu, TaskStruct task, ThreadFlags steps)
    {
        if ((await cpu.ReadOnce(task.ThreadFlags) & Steps) != steps)
        {
            await cpu.ClearBits(task.ThreadFlags, Steps);
            await cpu.TestAndSet(task.ThreadFlags, steps);
        }

        if (task.Registers.Get(cpu) is not { } regs || task.Mm.Get(cpu) is not { } mm)
        {
            return;
        }

        IStepping stepping = kernel.Options.Architecture!.Stepping;
        var memory = new UserMemory(mm);
        if (steps == Steps)
        {
            await stepping.EnableBlockStep(cpu, regs, memory);
        }
        else
        {
            await stepping.EnableSingleStep(cpu, regs, memory);
        }
    }
}
