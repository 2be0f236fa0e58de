using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Kernel.Loading;
using Sim.Kernel.UserMode;

namespace Sim.Cli.Commands;

/// <summary>What runs a program of one kind.</summary>
/// <param name="Architecture">Its registers and calls.</param>
/// <param name="Code">Its instructions.</param>
internal sealed record Processor(IArchitecture Architecture, InterpretedCode Code)
{
    /// <summary>The processor that a program was made for; null when there is none.</summary>
    internal static Processor? Of(ElfImage image)
    {
        if (image.WordSize == 8 && image.Machine == ElfImage.MachineX8664 && !image.IsBigEndian)
        {
            return new Processor(new X86Architecture(), new X86Code(new X86Interpreter()));
        }

        if (image.IsPowerPc && image.IsBigEndian)
        {
            return new Processor(PowerPcArchitecture.Ppc64(), new PowerPcCode(new PowerPcInterpreter()));
        }

        return null;
    }
}
