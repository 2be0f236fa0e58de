using System.Collections.Immutable;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>struct user_regs_struct: the registers of a 64-bit task, in the order of the file.</summary>
[Immutable]
internal sealed class X86GeneralRegset()
    : Regset("GENERAL", UserRegisters, 8, NoteType.NT_PRSTATUS, isBigEndian: false)
{
    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        into.PutU64(0, GetRegister(cpu, regs, slot), IsBigEndian);
        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
        => PutRegister(cpu, regs, slot, from.U64(0, IsBigEndian));

    /// <summary>getreg().</summary>
    internal static ulong GetRegister(Cpu cpu, RegisterFile regs, int word) => word switch
    {
        Cs or Ss or Ds or Es or Fs or Gs => regs.Get(cpu, word) & 0xffff,
        Flags => GetFlags(cpu, regs),
        FsBase => X86Segments.GetFsBase(cpu, regs),
        GsBase => X86Segments.GetGsBase(cpu, regs),
        _ => regs.Get(cpu, word),
    };

    /// <summary>putreg().</summary>
    internal static int PutRegister(Cpu cpu, RegisterFile regs, int word, ulong value)
    {
        switch (word)
        {
            case Cs or Ss or Ds or Es or Fs or Gs:
                return X86Segments.PutSelector(cpu, regs, word, value);
            case FsBase or GsBase:
                return X86Segments.PutBase(cpu, regs, word, value);
            case Flags:
                PutFlags(cpu, regs, value);
                return 0;
            default:
                regs.Set(cpu, word, value);
                return 0;
        }
    }

    /// <summary>TF that stepping forced is hidden.</summary>
    private static ulong GetFlags(Cpu cpu, RegisterFile regs)
    {
        ulong value = regs.Get(cpu, Flags);
        return regs.Has(cpu, X86ThreadFlags.ForcedTf) ? value & ~(ulong)X86Flags.Tf : value;
    }

    /// <summary>TF written here is the user's from now on; not written, a forced one stays.</summary>
    private static void PutFlags(Cpu cpu, RegisterFile regs, ulong value)
    {
        if ((value & (ulong)X86Flags.Tf) != 0)
        {
            regs.Clear(cpu, X86ThreadFlags.ForcedTf);
        }
        else if (regs.Has(cpu, X86ThreadFlags.ForcedTf))
        {
            value |= (ulong)X86Flags.Tf;
        }

        regs.Merge(cpu, X86Flags.Debugger, value);
    }
}

/// <summary>struct user_regs_struct32: the registers of a 32-bit task.</summary>
[Immutable]
internal sealed class X86General32Regset()
    : Regset("GENERAL", s_words.Length, 4, NoteType.NT_PRSTATUS, isBigEndian: false)
{
    private static readonly ImmutableArray<int> s_words =
        [Bx, Cx, Dx, Si, Di, Bp, Ax, Ds, Es, Fs, Gs, OrigAx, Ip, Cs, Flags, Sp, Ss];

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        into.PutU32(0, (uint)X86GeneralRegset.GetRegister(cpu, regs, s_words[slot]), IsBigEndian);
        return 0;
    }

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        int error = X86GeneralRegset.PutRegister(cpu, regs, s_words[slot], from.U32(0, IsBigEndian));

        // A debugger that puts back the state of a call to be restarted: make its -ERESTART codes
        // count as those of a 32-bit call.
        if (s_words[slot] == OrigAx && (int)regs.Get(cpu, OrigAx) >= 0)
        {
            regs.Set(cpu, ThreadStatus, regs.Get(cpu, ThreadStatus) | (ulong)X86ThreadStatus.Compat);
        }

        return error;
    }
}
