using System.Collections.Immutable;

namespace Sim.Arch.X86_64;

/// <summary>
/// What each word of an x86_64 register file is: first struct user_regs_struct in its order, then what
/// thread_struct and thread_info keep.
/// </summary>
public static class X86Registers
{
    public const int R15 = 0;
    public const int R14 = 1;
    public const int R13 = 2;
    public const int R12 = 3;
    public const int Bp = 4;
    public const int Bx = 5;
    public const int R11 = 6;
    public const int R10 = 7;
    public const int R9 = 8;
    public const int R8 = 9;
    public const int Ax = 10;
    public const int Cx = 11;
    public const int Dx = 12;
    public const int Si = 13;
    public const int Di = 14;
    public const int OrigAx = 15;
    public const int Ip = 16;
    public const int Cs = 17;
    public const int Flags = 18;
    public const int Sp = 19;
    public const int Ss = 20;

    /// <summary>thread.fs: the base, unless it lies below 4 GiB and so in <see cref="Tls"/>.</summary>
    public const int FsBase = 21;

    /// <summary>thread.gs: as <see cref="FsBase"/>.</summary>
    public const int GsBase = 22;
    public const int Ds = 23;
    public const int Es = 24;
    public const int Fs = 25;
    public const int Gs = 26;

    /// <summary>Number of words in user_regs_struct.</summary>
    public const int UserRegisters = 27;

    /// <summary>thread.trap_no of the last exception.</summary>
    public const int TrapNo = 27;

    /// <summary>thread.error_code of the last exception.</summary>
    public const int ErrorCode = 28;

    /// <summary>thread.cr2: address of the last page fault.</summary>
    public const int Cr2 = 29;

    /// <summary>thread_info.flags as far as the architecture alone uses them; <see cref="X86ThreadFlags"/>.</summary>
    public const int ThreadFlags = 30;

    /// <summary>thread_info.status; <see cref="X86ThreadStatus"/>.</summary>
    public const int ThreadStatus = 31;

    /// <summary>used_math(): 1 when the task has used floating point.</summary>
    public const int UsedMath = 32;

    /// <summary>thread.debugctlmsr.</summary>
    public const int DebugCtl = 33;

    /// <summary>thread.tls_array: three descriptors of two words.</summary>
    public const int Tls = 34;

    /// <summary>The FXSAVE image: 64 words.</summary>
    public const int FxSave = 40;

    /// <summary>Number of words of the file.</summary>
    public const int Count = FxSave + FxSaveWords;

    /// <summary>Number of words of the FXSAVE image.</summary>
    public const int FxSaveWords = 64;

    /// <summary>Names of struct user_regs_struct, by word.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx", "si", "di",
        "orig_ax", "ip", "cs", "flags", "sp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
    ];
}

/// <summary>Bits of thread_info.flags that belong to the architecture, with the values of 2.6.32.</summary>
[Flags]
public enum X86ThreadFlags
{
    None = 0,

    /// <summary>TIF_SINGLESTEP: somebody wants a trap after the step.</summary>
    SingleStep = 1 << 4,

    /// <summary>TIF_IA32: the program is a 32-bit one.</summary>
    Ia32 = 1 << 17,

    /// <summary>TIF_FORCED_TF: TF in the saved flags is ours, not the user's.</summary>
    ForcedTf = 1 << 24,

    /// <summary>TIF_DEBUGCTLMSR: DEBUGCTL is not 0.</summary>
    DebugCtlMsr = 1 << 25,
}

/// <summary>Bits of thread_info.status.</summary>
[Flags]
public enum X86ThreadStatus
{
    None = 0,

    /// <summary>TS_COMPAT: the system call in progress is a 32-bit one.</summary>
    Compat = 2,
}

/// <summary>Bits of the flags register.</summary>
[Flags]
public enum X86Flags
{
    None = 0,
    Cf = 0x1,
    Pf = 0x4,
    Af = 0x10,
    Zf = 0x40,
    Sf = 0x80,

    /// <summary>Trap after the next instruction.</summary>
    Tf = 0x100,
    If = 0x200,
    Df = 0x400,
    Of = 0x800,
    Nt = 0x4000,
    Rf = 0x10000,
    Ac = 0x40000,

    /// <summary>FLAG_MASK: what a debugger may change in a 64-bit kernel.</summary>
    Debugger = Cf | Pf | Af | Zf | Sf | Tf | Df | Of | Nt | Rf | Ac,

    /// <summary>FIX_EFLAGS: what a signal frame may change in a 64-bit kernel.</summary>
    SignalFrame = Cf | Pf | Af | Zf | Sf | Tf | Df | Of | Ac,
}

/// <summary>Segment selectors of a 64-bit kernel.</summary>
public static class X86Selector
{
    /// <summary>__KERNEL_CS.</summary>
    public const ulong KernelCs = 0x10;

    /// <summary>__KERNEL_DS.</summary>
    public const ulong KernelDs = 0x18;

    /// <summary>__USER32_CS: 32-bit programs.</summary>
    public const ulong User32Cs = 0x23;

    /// <summary>__USER_DS.</summary>
    public const ulong UserDs = 0x2b;

    /// <summary>__USER_CS: 64-bit programs.</summary>
    public const ulong UserCs = 0x33;

    /// <summary>GDT_ENTRY_TLS_MIN.</summary>
    public const int TlsMin = 12;

    /// <summary>GDT_ENTRY_TLS_ENTRIES.</summary>
    public const int TlsEntries = 3;

    /// <summary>GS_TLS: descriptor of a gs base below 4 GiB.</summary>
    public const int GsTls = 0;

    /// <summary>FS_TLS: descriptor of an fs base below 4 GiB.</summary>
    public const int FsTls = 1;

    /// <summary>GS_TLS_SEL.</summary>
    public const ulong GsTlsSelector = ((TlsMin + GsTls) * 8) + 3;

    /// <summary>FS_TLS_SEL.</summary>
    public const ulong FsTlsSelector = ((TlsMin + FsTls) * 8) + 3;

    /// <summary>Privilege bits of a selector; 3 is user mode.</summary>
    public const ulong RplMask = 3;
}
