namespace Sim.Explore.Litmus.Programs;

/// <summary>The language of a litmus test.</summary>
public enum Architecture
{
    /// <summary>C with the primitives of the Linux kernel.</summary>
    C,

    /// <summary>x86 assembler in Intel's order.</summary>
    X86,

    /// <summary>x86_64 assembler in AT&amp;T's order.</summary>
    X64,

    /// <summary>POWER assembler.</summary>
    Ppc,
}
