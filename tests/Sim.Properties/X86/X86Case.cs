namespace Sim.Properties.X86;

/// <summary>Where code and data of a case are; <c>step.c</c> says the same.</summary>
internal static class X86Places
{
    internal const int Page = 4096;
    internal const ulong Code = 0x1000_0000;
    internal const ulong Entry = Code + 0x100;
    internal const int CodeSize = 64;

    /// <summary>A page to write, then one to read.</summary>
    internal const ulong Data = 0x2000_0000;

    /// <summary>The end of the page to write: what a case fills and what is compared byte by byte.</summary>
    internal const int WindowSize = 256;
    internal const ulong Window = Data + Page - WindowSize;
    internal const ulong GsBase = 0x7000_0000_0000;
}

/// <summary>A state to begin in, some code, and how many of its instructions are executed.</summary>
internal sealed record X86Case(X86State State, byte[] Code, byte[] Window, int Steps);

/// <summary>What there is after an instruction.</summary>
/// <param name="State">The registers.</param>
/// <param name="Signal">The signal: SIGTRAP of the trap flag when the instruction did not fault.</param>
/// <param name="SiCode">Its si_code.</param>
/// <param name="Address">Its si_addr.</param>
/// <param name="Trap">The exception.</param>
/// <param name="Page">A sum over the page to write.</param>
/// <param name="Window">The end of that page.</param>
internal sealed record X86Outcome(X86State State, int Signal, int SiCode, ulong Address, int Trap, ulong Page, byte[] Window)
{
    internal bool Completed => Signal == 5 && Trap == 1;
}
