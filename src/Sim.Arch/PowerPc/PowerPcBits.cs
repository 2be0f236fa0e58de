using Sim.Machine.Processors;

namespace Sim.Arch.PowerPc;

/// <summary>Tests and changes of flag words.</summary>
internal static class PowerPcBits
{
    /// <summary>CR0.SO: the system call failed.</summary>
    internal const ulong SummaryOverflow = 0x10000000;

    /// <summary>Trap vector of the system call instruction.</summary>
    internal const ulong SyscallVector = 0xc00;

    /// <summary>Trap vector of the decrementer, the timer interrupt.</summary>
    internal const ulong DecrementerVector = 0x900;

    internal static bool Has(this RegisterFile regs, Cpu cpu, PowerPcThreadFlags flag)
        => (regs.Get(cpu, PowerPcRegisters.ThreadFlags) & (ulong)flag) != 0;

    internal static void Raise(this RegisterFile regs, Cpu cpu, PowerPcThreadFlags flag)
        => regs.Set(cpu, PowerPcRegisters.ThreadFlags, regs.Get(cpu, PowerPcRegisters.ThreadFlags) | (ulong)flag);

    internal static void Clear(this RegisterFile regs, Cpu cpu, PowerPcThreadFlags flag)
        => regs.Set(cpu, PowerPcRegisters.ThreadFlags, regs.Get(cpu, PowerPcRegisters.ThreadFlags) & ~(ulong)flag);

    internal static bool Has(this RegisterFile regs, Cpu cpu, PowerPcMsr flag)
        => (regs.Get(cpu, PowerPcRegisters.Msr) & (ulong)flag) != 0;

    /// <summary>Takes the bits of a mask from a new value, the rest from the old one.</summary>
    internal static void Merge(this RegisterFile regs, Cpu cpu, PowerPcMsr mask, ulong value)
        => regs.Set(
            cpu,
            PowerPcRegisters.Msr,
            (regs.Get(cpu, PowerPcRegisters.Msr) & ~(ulong)mask) | (value & (ulong)mask));

    /// <summary>Whether the registers come from the system call exception: TRAP(regs), without its low bits.</summary>
    internal static bool IsFromSyscall(this RegisterFile regs, Cpu cpu)
        => (regs.Get(cpu, PowerPcRegisters.Trap) & ~0xfUL) == SyscallVector;

    /// <summary>Whether CR0.SO is set.</summary>
    internal static bool HasFailed(this RegisterFile regs, Cpu cpu)
        => (regs.Get(cpu, PowerPcRegisters.Ccr) & SummaryOverflow) != 0;

    internal static void SetFailed(this RegisterFile regs, Cpu cpu, bool failed)
    {
        ulong ccr = regs.Get(cpu, PowerPcRegisters.Ccr);
        regs.Set(cpu, PowerPcRegisters.Ccr, failed ? ccr | SummaryOverflow : ccr & ~SummaryOverflow);
    }
}
