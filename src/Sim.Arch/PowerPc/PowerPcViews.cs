namespace Sim.Arch.PowerPc;

/// <summary>The views of a powerpc kernel.</summary>
internal static class PowerPcViews
{
    private const int EmPpc = 20;
    private const int EmPpc64 = 21;

    /// <summary>Programs of the kernel's own width.</summary>
    internal static RegsetView Native(bool is64Bit, PowerPcFeatures features)
        => new(
            is64Bit ? "ppc64" : "ppc",
            is64Bit ? EmPpc64 : EmPpc,
            [new PowerPcGeneralRegset(is64Bit ? 8 : 4, is64Bit), .. Extensions(features, isCompat: false)]);

    /// <summary>32-bit programs of a 64-bit kernel.</summary>
    internal static RegsetView Compat(PowerPcFeatures features)
        => new("ppc", EmPpc, [new PowerPcGeneralRegset(4, is64BitKernel: true), .. Extensions(features, isCompat: true)]);

    private static IEnumerable<Regset> Extensions(PowerPcFeatures features, bool isCompat)
    {
        yield return new PowerPcFpRegset();
        if ((features & PowerPcFeatures.Altivec) != PowerPcFeatures.None)
        {
            yield return new PowerPcVmxRegset();
        }

        if ((features & PowerPcFeatures.Vsx) != PowerPcFeatures.None && !isCompat)
        {
            yield return new PowerPcVsxRegset();
        }

        if ((features & PowerPcFeatures.Spe) != PowerPcFeatures.None)
        {
            yield return new PowerPcSpeRegset();
        }
    }
}
