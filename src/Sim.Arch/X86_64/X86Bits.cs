using Sim.Machine.Processors;

namespace Sim.Arch.X86_64;

/// <summary>Tests and changes of flag words.</summary>
internal static class X86Bits
{
    internal static bool Has(this RegisterFile regs, Cpu cpu, X86ThreadFlags flag)
        => (regs.Get(cpu, X86Registers.ThreadFlags) & (ulong)flag) != 0;

    internal static void Raise(this RegisterFile regs, Cpu cpu, X86ThreadFlags flag)
        => regs.Set(cpu, X86Registers.ThreadFlags, regs.Get(cpu, X86Registers.ThreadFlags) | (ulong)flag);

    internal static void Clear(this RegisterFile regs, Cpu cpu, X86ThreadFlags flag)
        => regs.Set(cpu, X86Registers.ThreadFlags, regs.Get(cpu, X86Registers.ThreadFlags) & ~(ulong)flag);

    internal static bool Has(this RegisterFile regs, Cpu cpu, X86Flags flag)
        => (regs.Get(cpu, X86Registers.Flags) & (ulong)flag) != 0;

    internal static void Raise(this RegisterFile regs, Cpu cpu, X86Flags flag)
        => regs.Set(cpu, X86Registers.Flags, regs.Get(cpu, X86Registers.Flags) | (ulong)flag);

    internal static void Clear(this RegisterFile regs, Cpu cpu, X86Flags flag)
        => regs.Set(cpu, X86Registers.Flags, regs.Get(cpu, X86Registers.Flags) & ~(ulong)flag);

    /// <summary>Takes the bits of a mask from a new value, the rest from the old one.</summary>
    internal static void Merge(this RegisterFile regs, Cpu cpu, X86Flags mask, ulong value)
        => regs.Set(
            cpu,
            X86Registers.Flags,
            (regs.Get(cpu, X86Registers.Flags) & ~(ulong)mask) | (value & (ulong)mask));

    /// <summary>Whether the system call in progress is a 32-bit one.</summary>
    internal static bool IsCompatSyscall(this RegisterFile regs, Cpu cpu)
        => (regs.Get(cpu, X86Registers.ThreadStatus) & (ulong)X86ThreadStatus.Compat) != 0;
}
