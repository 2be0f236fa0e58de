using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>The FXSAVE image of a task.</summary>
internal static class X86Fpu
{
    /// <summary>Bytes of the image.</summary>
    internal const int Size = FxSaveWords * 8;

    /// <summary>Where MXCSR is.</summary>
    internal const int Mxcsr = 24;

    /// <summary>Bits of MXCSR that the processor has; others fault on restore.</summary>
    internal const uint MxcsrMask = 0xffff;

    private const ulong InitialControlWord = 0x37f;
    private const ulong InitialMxcsr = 0x1f80;

    internal static bool IsUsed(Cpu cpu, RegisterFile regs) => regs.Get(cpu, UsedMath) != 0;

    /// <summary>A word of the image; before first use, what init_fpu() makes.</summary>
    internal static ulong Word(Cpu cpu, RegisterFile regs, int index)
    {
        if (IsUsed(cpu, regs))
        {
            return regs.Get(cpu, FxSave + index);
        }

        return index switch
        {
            0 => InitialControlWord,
            Mxcsr / 8 => InitialMxcsr,
            _ => 0,
        };
    }

    /// <summary>init_fpu(): the image is the initial one until somebody changes it.</summary>
    internal static void Use(Cpu cpu, RegisterFile regs)
    {
        if (!IsUsed(cpu, regs))
        {
            for (int i = 0; i < FxSaveWords; i++)
            {
                regs.Set(cpu, FxSave + i, Word(cpu, regs, i));
            }

            regs.Set(cpu, UsedMath, 1);
        }
    }

    /// <summary>clear_used_math(): the next use starts anew.</summary>
    internal static void Forget(Cpu cpu, RegisterFile regs)
    {
        for (int i = 0; i < FxSaveWords; i++)
        {
            regs.Set(cpu, FxSave + i, 0);
        }

        regs.Set(cpu, UsedMath, 0);
    }

    /// <summary>Changes 32 bits of the image; MXCSR loses the bits that the processor does not have.</summary>
    internal static void PutHalf(Cpu cpu, RegisterFile regs, int offset, uint value)
    {
        Use(cpu, regs);
        int shift = offset % 8 * 8;
        ulong bits = offset == Mxcsr ? value & MxcsrMask : value;
        ulong old = regs.Get(cpu, FxSave + (offset / 8));
        regs.Set(cpu, FxSave + (offset / 8), (old & ~(0xffffffffUL << shift)) | (bits << shift));
    }

    /// <summary>32 bits of the image.</summary>
    internal static uint Half(Cpu cpu, RegisterFile regs, int offset)
        => (uint)(Word(cpu, regs, offset / 8) >> (offset % 8 * 8));
}
