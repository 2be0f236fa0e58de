using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>x86_64, with 32-bit programs as compat tasks.</summary>
[Immutable]
public sealed class X86Architecture : IArchitecture
{
    /// <summary>TASK_SIZE_MAX: 47 bits less a page.</summary>
    public const ulong TaskSizeMax = (1UL << 47) - 4096;

    /// <summary>IA32_PAGE_OFFSET.</summary>
    public const ulong Ia32PageOffset = 0xffffe000;

    /// <inheritdoc/>
    public string Name => "x86_64";

    /// <inheritdoc/>
    public bool IsBigEndian => false;

    /// <inheritdoc/>
    public ISyscallAbi Syscalls { get; } = new X86SyscallAbi();

    /// <inheritdoc/>
    public ISignalFrames Signals { get; } = new X86SignalFrames();

    /// <inheritdoc/>
    public IStepping Stepping { get; } = new X86Stepping();

    /// <inheritdoc/>
    public RegisterFile NewRegisters(SimMachine machine, string label) => new(machine, label, Count);

    /// <inheritdoc/>
    public void StartThread(Cpu cpu, RegisterFile regs, in ThreadStart start)
    {
        regs.Clear(cpu);
        regs.Set(cpu, Ip, start.InstructionPointer);
        regs.Set(cpu, Sp, start.StackPointer);
        regs.Set(cpu, start.IsCompat ? Ax : Di, start.Argument);
        regs.Set(cpu, Cs, start.IsCompat ? X86Selector.User32Cs : X86Selector.UserCs);
        regs.Set(cpu, Ss, X86Selector.UserDs);
        regs.Set(cpu, Flags, (ulong)X86Flags.If);
        regs.Set(cpu, OrigAx, ulong.MaxValue);
        if (start.IsCompat)
        {
            regs.Raise(cpu, X86ThreadFlags.Ia32);
            regs.Set(cpu, Ds, X86Selector.UserDs);
            regs.Set(cpu, Es, X86Selector.UserDs);
        }
    }

    /// <inheritdoc/>
    public int CopyThread(Cpu cpu, RegisterFile child, RegisterFile parent, ulong stackPointer, ulong? tls)
    {
        child.CopyFrom(cpu, parent);
        child.Set(cpu, Ax, 0);
        if (stackPointer != 0)
        {
            child.Set(cpu, Sp, stackPointer);
        }

        Stepping.Disable(cpu, child);
        return tls is { } address ? X86Segments.SetFsBase(cpu, child, address) : 0;
    }

    /// <inheritdoc/>
    public bool IsCompat(Cpu cpu, RegisterFile regs) => regs.Has(cpu, X86ThreadFlags.Ia32);

    /// <inheritdoc/>
    public bool IsUserMode(Cpu cpu, RegisterFile regs)
        => (regs.Get(cpu, Cs) & X86Selector.RplMask) == X86Selector.RplMask;

    /// <inheritdoc/>
    public ulong TaskSize(Cpu cpu, RegisterFile regs) => TaskSizeOf(cpu, regs);

    /// <inheritdoc/>
    public ulong GetInstructionPointer(Cpu cpu, RegisterFile regs) => regs.Get(cpu, Ip);

    /// <inheritdoc/>
    public void SetInstructionPointer(Cpu cpu, RegisterFile regs, ulong value) => regs.Set(cpu, Ip, value);

    /// <inheritdoc/>
    public ulong GetStackPointer(Cpu cpu, RegisterFile regs) => regs.Get(cpu, Sp);

    /// <inheritdoc/>
    public void SetStackPointer(Cpu cpu, RegisterFile regs, ulong value) => regs.Set(cpu, Sp, value);

    /// <inheritdoc/>
    public RegsetView ViewOf(Cpu cpu, RegisterFile regs)
        => IsCompat(cpu, regs) ? X86Views.I386 : X86Views.X86_64;

    internal static ulong TaskSizeOf(Cpu cpu, RegisterFile regs)
        => regs.Has(cpu, X86ThreadFlags.Ia32) ? Ia32PageOffset : TaskSizeMax;
}
