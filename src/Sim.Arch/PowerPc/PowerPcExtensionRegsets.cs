using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>32 floating point registers and fpscr.</summary>
[Immutable]
internal sealed class PowerPcFpRegset()
    : Regset("FPR", 33, 8, NoteType.NT_PRFPREG, isBigEndian: true)
{
    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        into.PutU64(0, regs.Get(cpu, Fpr + slot), IsBigEndian);
        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        regs.Set(cpu, Fpr + slot, from.U64(0, IsBigEndian));
        return 0;
    }
}

/// <summary>32 vector registers, vscr in the last word of its slot, vrsave in the first word of its own.</summary>
[Immutable]
internal sealed class PowerPcVmxRegset()
    : Regset("VMX", VrCount, 16, NoteType.NT_PPC_VMX, isBigEndian: true)
{
    private const int VrSave = 33;
    private const ulong FirstWord = 0xffffffff00000000;

    /// <inheritdoc/>
    public override bool HasActive => true;

    /// <inheritdoc/>
    public override int Active(Cpu cpu, RegisterFile regs) => regs.Get(cpu, UsedVr) != 0 ? N : 0;

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        into.PutU64(0, regs.Get(cpu, Vr + (2 * slot)), IsBigEndian);
        into.PutU64(8, regs.Get(cpu, Vr + (2 * slot) + 1), IsBigEndian);
        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        ulong first = from.U64(0, IsBigEndian);
        regs.Set(cpu, Vr + (2 * slot), slot == VrSave ? first & FirstWord : first);
        if (slot != VrSave)
        {
            regs.Set(cpu, Vr + (2 * slot) + 1, from.U64(8, IsBigEndian));
        }

        return 0;
    }
}

/// <summary>The low halves of the VSX registers that share the floating point registers.</summary>
[Immutable]
internal sealed class PowerPcVsxRegset()
    : Regset("VSX", 32, 8, NoteType.NT_PPC_VSX, isBigEndian: true)
{
    /// <inheritdoc/>
    public override bool HasActive => true;

    /// <inheritdoc/>
    public override int Active(Cpu cpu, RegisterFile regs) => regs.Get(cpu, UsedVsr) != 0 ? N : 0;

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        into.PutU64(0, regs.Get(cpu, VsrLow + slot), IsBigEndian);
        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        regs.Set(cpu, VsrLow + slot, from.U64(0, IsBigEndian));
        return 0;
    }
}

/// <summary>The high halves of the general registers, the accumulator and spefscr of embedded processors.</summary>
[Immutable]
internal sealed class PowerPcSpeRegset()
    : Regset("SPE", SpeCount, 4, NoteType.NT_PPC_SPE, isBigEndian: true)
{
    /// <inheritdoc/>
    public override bool HasActive => true;

    /// <inheritdoc/>
    public override int Active(Cpu cpu, RegisterFile regs) => regs.Get(cpu, UsedSpe) != 0 ? N : 0;

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        into.PutU32(0, (uint)regs.Get(cpu, Spe + slot), IsBigEndian);
        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        regs.Set(cpu, Spe + slot, from.U32(0, IsBigEndian));
        return 0;
    }
}
