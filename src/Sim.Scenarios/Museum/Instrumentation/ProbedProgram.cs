using System.Collections.Immutable;
using Sim.Arch;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Scenarios.MachineCode;

namespace Sim.Scenarios.Museum.Instrumentation;

/// <summary>
/// exit(7) with a probe on its first instruction: a breakpoint stands there, and a copy of the instruction in a slot
/// elsewhere. SIGUSR1 has a handler, which does nothing.
/// </summary>
/// <param name="Architecture">The processor.</param>
/// <param name="Code">What runs it.</param>
/// <param name="Bytes">The instructions.</param>
internal sealed record ProbedProgram(IArchitecture Architecture, IUserCode Code, ImmutableArray<byte> Bytes)
    : TextProgram(Architecture, Code, Bytes)
{
    /// <summary>What it exits with.</summary>
    internal const int ExitCode = 7;

    /// <summary>The probed instruction.</summary>
    internal const ulong Probe = Text;

    /// <summary>The copy of it.</summary>
    internal const ulong Slot = Text + 32;

    /// <summary>How long it is.</summary>
    internal const ulong Length = 5;

    private const ulong Handler = Text + 16;
    private const ulong Restorer = Text + 17;

    internal static ProbedProgram X86() => new(
        new X86Architecture(),
        new X86Code(new X86Interpreter()),
        [
            0xcc, 0, 0, 0, 0, //          int3, where the probed instruction begins
            0xb8, 60, 0, 0, 0, //         mov $60,%eax    exit
            0x0f, 0x05, //                syscall
            0xcc, 0xcc, 0xcc, 0xcc,
            0xc3, //               16:    ret
            0xb8, 15, 0, 0, 0, //  17:    mov $15,%eax    rt_sigreturn
            0x0f, 0x05, //                syscall
            0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
            0xbf, 7, 0, 0, 0, //   32:    mov $7,%edi
        ]);

    /// <summary>Makes a process of it while the world is set up.</summary>
    internal TaskStruct MakeProcess(LinuxKernel kernel)
    {
        (TaskStruct task, RegisterFile regs) = Make(kernel, "target", "target");
        Architecture.StartThread(kernel.Machine.BootCpu, regs, new ThreadStart(Text, Text + 0xff0));
        kernel.SetAction(task, Signals.SIGUSR1, new SigAction(Handler, SaFlags.Restorer) { Restorer = Restorer });
        return task;
    }
}
