namespace Sim.Arch.X86_64;

/// <summary>The views of a 64-bit kernel. The XSTATE set came with 2.6.34.</summary>
public static class X86Views
{
    private const int EmX86_64 = 62;
    private const int Em386 = 3;

    /// <summary>64-bit tasks.</summary>
    public static RegsetView X86_64 { get; } = new(
        "x86_64",
        EmX86_64,
        [
            new X86GeneralRegset(),
            new X86FxRegset("FP", NoteType.NT_PRFPREG, X86Registers.FxSaveWords, 8),
            new X86IoPermRegset("IOPERM", 1024, 8),
        ]);

    /// <summary>32-bit tasks.</summary>
    public static RegsetView I386 { get; } = new(
        "i386",
        Em386,
        [
            new X86General32Regset(),
            new X86LegacyFpRegset(),
            new X86FxRegset("XFP", NoteType.NT_PRXFPREG, 2 * X86Registers.FxSaveWords, 4),
            new X86TlsRegset(),
            new X86IoPermRegset("IOPERM", 2048, 4),
        ]);
}
