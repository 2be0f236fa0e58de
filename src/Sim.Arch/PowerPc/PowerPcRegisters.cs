using System.Collections.Immutable;

namespace Sim.Arch.PowerPc;

/// <summary>
/// What each word of a powerpc register file is: first struct pt_regs with the slot numbers of
/// asm/ptrace.h, then what thread_struct and thread_info keep.
/// </summary>
public static class PowerPcRegisters
{
    /// <summary>gpr[0]; the others follow. Number of a system call.</summary>
    public const int Gpr = 0;

    /// <summary>gpr[1]: the stack.</summary>
    public const int Gpr1 = 1;

    /// <summary>gpr[2]: toc of 64-bit, thread pointer of 32-bit programs.</summary>
    public const int Gpr2 = 2;

    /// <summary>gpr[3]: first argument, and result.</summary>
    public const int Gpr3 = 3;

    /// <summary>gpr[13]: thread pointer of 64-bit programs.</summary>
    public const int Gpr13 = 13;
    public const int Nip = 32;
    public const int Msr = 33;
    public const int OrigGpr3 = 34;
    public const int Ctr = 35;
    public const int Link = 36;
    public const int Xer = 37;
    public const int Ccr = 38;

    /// <summary>softe on 64-bit kernels, mq on 32-bit ones.</summary>
    public const int Softe = 39;
    public const int Trap = 40;
    public const int Dar = 41;
    public const int Dsisr = 42;
    public const int Result = 43;

    /// <summary>Number of words in struct pt_regs.</summary>
    public const int PtRegs = 44;

    /// <summary>ELF_NGREG: slots of the general set; those after pt_regs read 0.</summary>
    public const int ElfNgreg = 48;

    /// <summary>thread_info.flags as far as the architecture alone uses them; <see cref="PowerPcThreadFlags"/>.</summary>
    public const int ThreadFlags = 44;

    /// <summary>thread.used_vr.</summary>
    public const int UsedVr = 45;

    /// <summary>thread.used_vsr.</summary>
    public const int UsedVsr = 46;

    /// <summary>thread.used_spe.</summary>
    public const int UsedSpe = 47;

    /// <summary>thread.fpr[0]; the others follow.</summary>
    public const int Fpr = 48;

    /// <summary>thread.fpscr.</summary>
    public const int Fpscr = 80;

    /// <summary>thread.vr[0], two words each, most significant first; vscr and vrsave are the last two.</summary>
    public const int Vr = 81;

    /// <summary>Low halves of the first 32 VSX registers.</summary>
    public const int VsrLow = Vr + (2 * VrCount);

    /// <summary>evr[0..31], acc in two words, spefscr.</summary>
    public const int Spe = VsrLow + 32;

    /// <summary>Number of words of the SPE state.</summary>
    public const int SpeCount = 35;

    /// <summary>Number of words of the file.</summary>
    public const int Count = Spe + SpeCount;

    /// <summary>ELF_NVRREG: 32 vector registers, vscr, vrsave.</summary>
    public const int VrCount = 34;

    /// <summary>Names of struct pt_regs, by word.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        .. Enumerable.Range(0, 32).Select(i => $"gpr[{i}]"),
        "nip", "msr", "orig_gpr3", "ctr", "link", "xer", "ccr", "softe", "trap", "dar", "dsisr", "result",
    ];
}

/// <summary>Bits of thread_info.flags that belong to the architecture, with the values of 2.6.32.</summary>
[Flags]
public enum PowerPcThreadFlags
{
    None = 0,

    /// <summary>TIF_32BIT: the program is a 32-bit one.</summary>
    Bit32 = 1 << 4,

    /// <summary>TIF_SINGLESTEP.</summary>
    SingleStep = 1 << 8,

    /// <summary>TIF_NOERROR: the call's value is a result, whatever it looks like.</summary>
    NoError = 1 << 12,
}

/// <summary>Bits of the machine state register.</summary>
[Flags]
public enum PowerPcMsr : ulong
{
    None = 0,
    Le = 0x1,
    Ri = 0x2,
    Dr = 0x10,
    Ir = 0x20,
    Fe1 = 0x100,

    /// <summary>Trap after a branch.</summary>
    Be = 0x200,

    /// <summary>Trap after an instruction.</summary>
    Se = 0x400,
    Fe0 = 0x800,
    Me = 0x1000,
    Fp = 0x2000,

    /// <summary>User mode.</summary>
    Pr = 0x4000,
    Ee = 0x8000,
    Vsx = 0x800000,
    Vec = 0x2000000,

    /// <summary>64-bit mode.</summary>
    Sf = 1UL << 63,

    /// <summary>MSR_USER32 as a guest sees it.</summary>
    User32 = Ee | Pr | Me | Ir | Dr | Ri,

    /// <summary>MSR_USER64 as a guest sees it.</summary>
    User64 = User32 | Sf,

    /// <summary>MSR_DEBUGCHANGE: what a debugger may change.</summary>
    Debugger = Se | Be,
}

/// <summary>What a processor and kernel are built with beyond the base.</summary>
[Flags]
public enum PowerPcFeatures
{
    None = 0,

    /// <summary>CONFIG_ALTIVEC.</summary>
    Altivec = 1,

    /// <summary>CONFIG_VSX; 64-bit kernels.</summary>
    Vsx = 2,

    /// <summary>CONFIG_SPE; 32-bit kernels.</summary>
    Spe = 4,
}
