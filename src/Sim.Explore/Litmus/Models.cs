using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus;

/// <summary>Which memory models speak of which languages.</summary>
public static class Models
{
    /// <summary>The model of the machine that a test is written for.</summary>
    public static LitmusMemory Usual(Architecture architecture) => architecture switch
    {
        Architecture.C => LitmusMemory.Lkmm,
        Architecture.X86 or Architecture.X64 => LitmusMemory.Tso,
        Architecture.Ppc => LitmusMemory.Power,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>
    /// Whether a model gives a test a meaning: C has one under all of them, since the kernel's primitives
    /// are compiled to every machine; assembler only on its own machine, and under interleaving.
    /// </summary>
    public static bool Fits(Architecture architecture, LitmusMemory memory)
        => architecture == Architecture.C || memory == LitmusMemory.Sc || memory == Usual(architecture);

    /// <summary>The name of a language, as the first line of a test has it.</summary>
    public static string NameOf(Architecture architecture) => architecture switch
    {
        Architecture.C => "C",
        Architecture.X86 => "X86",
        Architecture.X64 => "X86_64",
        Architecture.Ppc => "PPC",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
