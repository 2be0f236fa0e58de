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
/// <param name="Unsupported">The last instruction that is not there; null when there was none.</param>
internal sealed record Processor(IArchitecture Architecture, IUserCode Code, Func<string?> Unsupported)
{
    /// <summary>The processor that a program was made for; null when there is none.</summary>
    internal static Processor? Of(ElfImage image)
    {
        if (image.WordSize == 8 && image.Machine == ElfImage.MachineX8664 && !image.IsBigEndian)
        {
            var interpreter = new X86Interpreter();
            return new Processor(new X86Architecture(), new X86Code(interpreter), () => interpreter.Unsupported);
        }

        if (image.IsPowerPc && image.IsBigEndian)
        {
            var interpreter = new PowerPcInterpreter();
            return new Processor(PowerPcArchitecture.Ppc64(), new PowerPcCode(interpreter), () => interpreter.Unsupported);
        }

        return null;
    }
}
