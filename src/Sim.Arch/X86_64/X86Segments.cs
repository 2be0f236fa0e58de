using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>
/// Segment registers and bases of a 64-bit kernel. A base below 4 GiB is kept in a descriptor and the
/// selector says so; to user mode it reads the same. Linux: do_arch_prctl(), set_segment_reg().
/// </summary>
public static class X86Segments
{
    private const ulong FourGiB = 1UL << 32;

    /// <summary>ARCH_SET_FS.</summary>
    /// <returns>0; -EPERM when the address is not one of user space.</returns>
    public static int SetFsBase(Cpu cpu, RegisterFile regs, ulong address)
        => SetBase(cpu, regs, address, Fs, FsBase, X86Selector.FsTls, X86Selector.FsTlsSelector);

    /// <summary>ARCH_SET_GS.</summary>
    /// <returns>0; -EPERM when the address is not one of user space.</returns>
    public static int SetGsBase(Cpu cpu, RegisterFile regs, ulong address)
        => SetBase(cpu, regs, address, Gs, GsBase, X86Selector.GsTls, X86Selector.GsTlsSelector);

    /// <summary>ARCH_GET_FS.</summary>
    public static ulong GetFsBase(Cpu cpu, RegisterFile regs)
        => GetBase(cpu, regs, Fs, FsBase, X86Selector.FsTls, X86Selector.FsTlsSelector);

    /// <summary>ARCH_GET_GS.</summary>
    public static ulong GetGsBase(Cpu cpu, RegisterFile regs)
        => GetBase(cpu, regs, Gs, GsBase, X86Selector.GsTls, X86Selector.GsTlsSelector);

    /// <summary>A debugger writes a base register.</summary>
    /// <returns>0; -EIO when the address is not one of user space.</returns>
    internal static int PutBase(Cpu cpu, RegisterFile regs, int baseWord, ulong value)
    {
        if (value >= X86Architecture.TaskSizeOf(cpu, regs))
        {
            return -ErrorNumber.EIO;
        }

        if (regs.Get(cpu, baseWord) == value)
        {
            return 0;
        }

        return baseWord == FsBase ? SetFsBase(cpu, regs, value) : SetGsBase(cpu, regs, value);
    }

    /// <summary>
    /// A debugger writes a selector: only null or user selectors, never null for cs and ss, and those
    /// two do not change in a 64-bit task.
    /// </summary>
    /// <returns>0 or -EIO.</returns>
    internal static int PutSelector(Cpu cpu, RegisterFile regs, int word, ulong written)
    {
        ulong value = written & 0xffff;
        if (value != 0 && (value & X86Selector.RplMask) != 3)
        {
            return -ErrorNumber.EIO;
        }

        switch (word)
        {
            case Fs when IsImplied(cpu, regs, value, Fs, FsBase, X86Selector.FsTlsSelector):
            case Gs when IsImplied(cpu, regs, value, Gs, GsBase, X86Selector.GsTlsSelector):
                return 0;
            case Cs or Ss when value == 0:
                return -ErrorNumber.EIO;
            case Cs or Ss when !regs.Has(cpu, X86ThreadFlags.Ia32):
                return 0;
            default:
                regs.Set(cpu, word, value);
                return 0;
        }
    }

    /// <summary>
    /// A selector written back as for ordinary 64-bit use, where setting the base has implicitly
    /// changed it: left alone.
    /// </summary>
    private static bool IsImplied(
        Cpu cpu, RegisterFile regs, ulong value, int selectorWord, int baseWord, ulong tlsSelector)
    {
        ulong selector = regs.Get(cpu, selectorWord);
        ulong msrBase = regs.Get(cpu, baseWord);
        return (value == tlsSelector && selector == 0 && msrBase != 0) ||
            (value == 0 && selector == tlsSelector && msrBase == 0);
    }

    private static int SetBase(
        Cpu cpu, RegisterFile regs, ulong address, int selectorWord, int baseWord, int slot, ulong tlsSelector)
    {
        if (address >= X86Architecture.TaskSizeOf(cpu, regs))
        {
            return -ErrorNumber.EPERM;
        }

        bool isLow = address < FourGiB;
        if (isLow)
        {
            X86Descriptor.OfBase((uint)address).Store(cpu, regs, slot);
        }

        regs.Set(cpu, selectorWord, isLow ? tlsSelector : 0);
        regs.Set(cpu, baseWord, isLow ? 0 : address);
        return 0;
    }

    private static ulong GetBase(
        Cpu cpu, RegisterFile regs, int selectorWord, int baseWord, int slot, ulong tlsSelector)
    {
        ulong msrBase = regs.Get(cpu, baseWord);
        if (msrBase != 0)
        {
            return msrBase;
        }

        return regs.Get(cpu, selectorWord) == tlsSelector ? X86Descriptor.Load(cpu, regs, slot).Base : 0;
    }
}
