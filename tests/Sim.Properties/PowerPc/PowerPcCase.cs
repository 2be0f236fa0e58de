namespace Sim.Properties.PowerPc;

/// <summary>Where things are, for <c>step.c</c> and for the interpreter.</summary>
internal static class PowerPcPlaces
{
    internal const int Page = 4096;
    internal const ulong Code = 0x2000_0000;
    internal const ulong Entry = Code + 0x800;
    internal const ulong Data = 0x3000_0000;
    internal const ulong Window = Data + 0x400;
    internal const int WindowWords = 32;

    /// <summary>Words of code in a case; a trap is behind them.</summary>
    internal const int CodeWords = 4;

    /// <summary>trap.</summary>
    internal const uint Trap = 0x7fe0_0008;

    /// <summary>mtfsf 0xff,f31: sets the whole FPSCR.</summary>
    internal const uint SetFpscr = (63u << 26) | (0xff << 17) | (31 << 11) | (711 << 1);
}

/// <summary>The registers that a case begins with and ends with, as words.</summary>
internal static class PowerPcState
{
    internal const int Cr = 32;
    internal const int Xer = 33;
    internal const int Ctr = 34;
    internal const int Link = 35;
    internal const int Float = 36;
    internal const int Words = Float + 32;
}

/// <summary>Registers, instructions and memory to begin with.</summary>
/// <param name="State">The registers; f31 is what FPSCR becomes.</param>
/// <param name="Code">Up to three instructions; FPSCR is set before them.</param>
/// <param name="Window">Memory.</param>
internal sealed record PowerPcCase(ulong[] State, uint[] Code, ulong[] Window)
{
    /// <summary>All words of code.</summary>
    internal uint WordAt(int index) => index == 0 ? PowerPcPlaces.SetFpscr
        : index <= Code.Length ? Code[index - 1]
        : PowerPcPlaces.Trap;
}

/// <summary>What is found at the signal that ends a case.</summary>
/// <param name="State">The registers.</param>
/// <param name="Nip">The instruction pointer.</param>
/// <param name="Fpscr">FPSCR.</param>
/// <param name="Signal">The signal.</param>
/// <param name="SiCode">si_code.</param>
/// <param name="Address">si_addr.</param>
/// <param name="Sum">A sum of the page of data.</param>
/// <param name="Window">The memory that a case begins with.</param>
internal sealed record PowerPcOutcome(
    ulong[] State, ulong Nip, uint Fpscr, int Signal, int SiCode, ulong Address, ulong Sum, ulong[] Window);
