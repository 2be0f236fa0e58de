using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>elf_gregset_t: pt_regs and four slots of nothing.</summary>
[Immutable]
internal sealed class PowerPcGeneralRegset(int size, bool is64BitKernel)
    : Regset("GPR", ElfNgreg, size, NoteType.NT_PRSTATUS, isBigEndian: true)
{
    /// <summary>NV_REG_POISON.</summary>
    private const ulong Poison = 0xdeadbeefdeadbeef;

    private const ulong PartialFrame = 1;
    private const ulong TrapMask = 0xfff0;
    private const int FirstNonvolatile = 14;

    /// <summary>PT_MAX_PUT_REG: the last of the row that a debugger may write.</summary>
    private readonly int _lastWritable = is64BitKernel ? Ccr : Softe;

    /// <summary>A frame without the non-volatile registers reads as poison there.</summary>
    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        bool isMissing = slot is >= FirstNonvolatile and < Nip && (regs.Get(cpu, Trap) & PartialFrame) != 0;
        ulong value = slot < PtRegs ? regs.Get(cpu, slot) : 0;
        into.PutWord(0, Size, isMissing ? Poison : value, IsBigEndian);
        return 0;
    }

    /// <summary>msr changes in its stepping bits only, trap loses its low bits, the rest after ccr is ignored.</summary>
    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        ulong value = from.Word(0, Size, IsBigEndian);
        if (slot == Msr)
        {
            regs.Merge(cpu, PowerPcMsr.Debugger, value);
        }
        else if (slot == Trap)
        {
            regs.Set(cpu, Trap, value & TrapMask);
        }
        else if (slot <= _lastWritable)
        {
            regs.Set(cpu, slot, value);
        }

        return 0;
    }
}
