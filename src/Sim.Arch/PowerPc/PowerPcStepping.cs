using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch.PowerPc;

/// <summary>Stepping by MSR.SE and MSR.BE of the classic processors; each trap disarms it.</summary>
[Immutable]
public sealed class PowerPcStepping : IStepping
{
    /// <inheritdoc/>
    public bool HasSingleStep => true;

    /// <inheritdoc/>
    public bool HasBlockStep => true;

    /// <inheritdoc/>
    public Op EnableSingleStep(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        Arm(cpu, regs, PowerPcMsr.Se);
        return Op.Done;
    }

    /// <inheritdoc/>
    public Op EnableBlockStep(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        Arm(cpu, regs, PowerPcMsr.Be);
        return Op.Done;
    }

    /// <inheritdoc/>
    public void Disable(Cpu cpu, RegisterFile regs)
    {
        regs.Merge(cpu, PowerPcMsr.Debugger, 0);
        regs.Clear(cpu, PowerPcThreadFlags.SingleStep);
    }

    /// <inheritdoc/>
    public bool IsStepping(Cpu cpu, RegisterFile regs) => regs.Has(cpu, PowerPcThreadFlags.SingleStep);

    /// <inheritdoc/>
    public void TrapInUserMode(Cpu cpu, RegisterFile regs) => regs.Merge(cpu, PowerPcMsr.Debugger, 0);

    /// <summary>Nothing: the kernel runs without SE, so there is no such trap.</summary>
    public void TrapAtSyscallEntry(Cpu cpu, RegisterFile regs)
    {
    }

    /// <summary>Nothing: nothing was taken.</summary>
    public void RearmAtSyscallTrace(Cpu cpu, RegisterFile regs)
    {
    }

    private static void Arm(Cpu cpu, RegisterFile regs, PowerPcMsr bit)
    {
        regs.Merge(cpu, PowerPcMsr.Debugger, (ulong)bit);
        regs.Raise(cpu, PowerPcThreadFlags.SingleStep);
    }
}
