using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>
/// powerpc with big-endian memory: a 64-bit kernel with functions as descriptors (ELFv1) and 32-bit
/// programs as compat tasks, or a 32-bit kernel.
/// </summary>
[Immutable]
public sealed class PowerPcArchitecture : IArchitecture
{
    /// <summary>TASK_SIZE_USER64: 44 bits.</summary>
    public const ulong TaskSize64 = 1UL << 44;

    /// <summary>TASK_SIZE_USER32 under a 64-bit kernel: 4 GiB less a page.</summary>
    public const ulong TaskSize32Compat = 0xfffff000;

    /// <summary>TASK_SIZE of a 32-bit kernel.</summary>
    public const ulong TaskSize32 = 0xc0000000;

    private readonly bool _is64Bit;
    private readonly RegsetView _view;
    private readonly RegsetView _compatView;

    private PowerPcArchitecture(bool is64Bit, PowerPcFeatures features)
    {
        _is64Bit = is64Bit;
        Syscalls = new PowerPcSyscallAbi(this);
        Signals = new PowerPcSignalFrames(this, features, is64Bit);
        _view = PowerPcViews.Native(is64Bit, features);
        _compatView = is64Bit ? PowerPcViews.Compat(features) : _view;
    }

    /// <inheritdoc/>
    public string Name => _is64Bit ? "ppc64" : "ppc";

    /// <inheritdoc/>
    public bool IsBigEndian => true;

    /// <inheritdoc/>
    public ISyscallAbi Syscalls { get; }

    /// <inheritdoc/>
    public ISignalFrames Signals { get; }

    /// <inheritdoc/>
    public IStepping Stepping { get; } = new PowerPcStepping();

    /// <summary>A 64-bit kernel.</summary>
    public static PowerPcArchitecture Ppc64(
        PowerPcFeatures features = PowerPcFeatures.Altivec | PowerPcFeatures.Vsx)
        => new(true, features);

    /// <summary>A 32-bit kernel.</summary>
    public static PowerPcArchitecture Ppc32(PowerPcFeatures features = PowerPcFeatures.Altivec)
        => new(false, features & ~PowerPcFeatures.Vsx);

    /// <inheritdoc/>
    public RegisterFile NewRegisters(SimMachine machine, string label) => new(machine, label, Count);

    /// <inheritdoc/>
    public void StartThread(Cpu cpu, RegisterFile regs, in ThreadStart start)
    {
        regs.Clear(cpu);
        regs.Set(cpu, Nip, start.InstructionPointer);
        regs.Set(cpu, Gpr1, start.StackPointer);
        regs.Set(cpu, Gpr3, start.Argument);
        if (_is64Bit && !start.IsCompat)
        {
            regs.Set(cpu, Gpr2, start.Toc);
            regs.Set(cpu, Msr, (ulong)PowerPcMsr.User64);
        }
        else
        {
            regs.Set(cpu, Msr, (ulong)PowerPcMsr.User32);
            regs.Raise(cpu, PowerPcThreadFlags.Bit32);
        }
    }

    /// <inheritdoc/>
    public int CopyThread(Cpu cpu, RegisterFile child, RegisterFile parent, ulong stackPointer, ulong? tls)
    {
        child.CopyFrom(cpu, parent);
        child.Set(cpu, Gpr3, 0);
        if (stackPointer != 0)
        {
            child.Set(cpu, Gpr1, stackPointer);
        }

        if (tls is { } address)
        {
            child.Set(cpu, Is32Bit(cpu, child) ? Gpr2 : Gpr13, address);
        }

        Stepping.Disable(cpu, child);
        return 0;
    }

    /// <inheritdoc/>
    public bool IsCompat(Cpu cpu, RegisterFile regs) => _is64Bit && Is32Bit(cpu, regs);

    /// <inheritdoc/>
    public bool IsUserMode(Cpu cpu, RegisterFile regs) => regs.Has(cpu, PowerPcMsr.Pr);

    /// <inheritdoc/>
    public ulong TaskSize(Cpu cpu, RegisterFile regs)
    {
        if (!_is64Bit)
        {
            return TaskSize32;
        }

        return IsCompat(cpu, regs) ? TaskSize32Compat : TaskSize64;
    }

    /// <inheritdoc/>
    public ulong GetInstructionPointer(Cpu cpu, RegisterFile regs) => regs.Get(cpu, Nip);

    /// <inheritdoc/>
    public void SetInstructionPointer(Cpu cpu, RegisterFile regs, ulong value) => regs.Set(cpu, Nip, value);

    /// <inheritdoc/>
    public ulong GetStackPointer(Cpu cpu, RegisterFile regs) => regs.Get(cpu, Gpr1);

    /// <inheritdoc/>
    public void SetStackPointer(Cpu cpu, RegisterFile regs, ulong value) => regs.Set(cpu, Gpr1, value);

    /// <inheritdoc/>
    public RegsetView ViewOf(Cpu cpu, RegisterFile regs) => IsCompat(cpu, regs) ? _compatView : _view;

    /// <summary>Whether the program is a 32-bit one; on a 32-bit kernel all are.</summary>
    internal bool Is32Bit(Cpu cpu, RegisterFile regs) => !_is64Bit || regs.Has(cpu, PowerPcThreadFlags.Bit32);
}
