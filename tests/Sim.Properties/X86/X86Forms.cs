using Iced.Intel;

namespace Sim.Properties.X86;

/// <summary>The opcode forms of a baseline x86-64 that a program in user mode may execute and a test may repeat.</summary>
internal static class X86Forms
{
    private static readonly HashSet<CpuidFeature> s_baseline =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386,
        CpuidFeature.INTEL486, CpuidFeature.X64, CpuidFeature.CMOV, CpuidFeature.MULTIBYTENOP, CpuidFeature.PAUSE,
        CpuidFeature.SSE, CpuidFeature.SSE2, CpuidFeature.CX8, CpuidFeature.CMPXCHG16B, CpuidFeature.CLFSH, CpuidFeature.CET_IBT,
    ];

    /// <summary>
    /// What is left out: system calls and what differs from one processor or moment to the next, segment registers and
    /// far transfers, x87 and MMX.
    /// </summary>
    private static readonly HashSet<Mnemonic> s_leftOut =
    [
        Mnemonic.Syscall, Mnemonic.Sysenter, Mnemonic.Int, Mnemonic.Int1, Mnemonic.Int3,
        Mnemonic.Cpuid, Mnemonic.Rdtsc, Mnemonic.Rdpmc, Mnemonic.Iret, Mnemonic.Iretd, Mnemonic.Iretq, Mnemonic.Retf,
        Mnemonic.Lar, Mnemonic.Lsl, Mnemonic.Verr, Mnemonic.Verw, Mnemonic.Sldt, Mnemonic.Str, Mnemonic.Smsw,
        Mnemonic.Sgdt, Mnemonic.Sidt, Mnemonic.Lfs, Mnemonic.Lgs, Mnemonic.Lss, Mnemonic.Rcpps, Mnemonic.Rcpss,
        Mnemonic.Rsqrtps, Mnemonic.Rsqrtss, Mnemonic.Ud0, Mnemonic.Ud1, Mnemonic.Reservednop, Mnemonic.Incsspd, Mnemonic.Incsspq,
        Mnemonic.Rdsspd, Mnemonic.Rdsspq, Mnemonic.Emms, Mnemonic.Insb, Mnemonic.Insw, Mnemonic.Insd, Mnemonic.Outsb,
        Mnemonic.Outsw, Mnemonic.Outsd,
    ];

    internal static IReadOnlyList<OpCodeInfo> All { get; } =
        [.. Enum.GetValues<Code>().Where(IsIn).Select(code => code.ToOpCode())];

    /// <summary>Whether a byte for registers and addressing follows the opcode.</summary>
    internal static bool HasModRm(OpCodeInfo form) => form.IsGroup || form.IsRmGroup || Kinds(form).Any(kind =>
        kind.ToString() is { } name && kind != OpCodeOperandKind.mem_offs && (name.Contains("mem", StringComparison.Ordinal) ||
            name.EndsWith("_reg", StringComparison.Ordinal) || name.EndsWith("_rm", StringComparison.Ordinal)));

    /// <summary>Whether the low bits of the opcode are a register.</summary>
    internal static bool HasOpcodeRegister(OpCodeInfo form)
        => Kinds(form).Any(kind => kind.ToString().EndsWith("_opcode", StringComparison.Ordinal));

    private static bool IsIn(Code code)
    {
        OpCodeInfo form = code.ToOpCode();
        return form.IsInstruction && form.Encoding == EncodingKind.Legacy && form.Mode64 && form.IntelDecoder64 && !form.IsPrivileged &&
            code.CpuidFeatures().All(s_baseline.Contains) && !s_leftOut.Contains(code.Mnemonic()) &&
            !Kinds(form).Any(IsOutside) && form.AddressSize != 16 && !code.IsJmpFarIndirect() && !code.IsCallFarIndirect();
    }

    private static bool IsOutside(OpCodeOperandKind kind) => kind is OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.mm_reg or
        OpCodeOperandKind.mm_rm or OpCodeOperandKind.seg_reg or OpCodeOperandKind.cr_reg or OpCodeOperandKind.dr_reg or
        OpCodeOperandKind.tr_reg or OpCodeOperandKind.farbr2_2 or OpCodeOperandKind.farbr4_2 or OpCodeOperandKind.es or
        OpCodeOperandKind.cs or OpCodeOperandKind.ss or OpCodeOperandKind.ds or OpCodeOperandKind.fs or OpCodeOperandKind.gs;

    private static IEnumerable<OpCodeOperandKind> Kinds(OpCodeInfo form)
        => Enumerable.Range(0, form.OpCount).Select(form.GetOpKind);
}
