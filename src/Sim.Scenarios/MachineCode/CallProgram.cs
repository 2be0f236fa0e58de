using System.Collections.Immutable;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// getpgid(7), then exit_group(0) with what the first call left in the registers as arguments 1 to 3, where a tracer
/// can see it: the result, and on x86_64 di, on powerpc the condition register and gpr0.
/// </summary>
/// <param name="Architecture">The processor.</param>
/// <param name="Code">What runs it.</param>
/// <param name="Bytes">The instructions.</param>
internal sealed record CallProgram(IArchitecture Architecture, IUserCode Code, ImmutableArray<byte> Bytes)
    : TextProgram(Architecture, Code, Bytes)
{
    /// <summary>The argument: no process has that number.</summary>
    internal const int Argument = 7;

    internal static CallProgram PowerPc() => new(
        PowerPcArchitecture.Ppc64(),
        new PowerPcCode(new PowerPcInterpreter()),
        BigEndian(
            0x3860_0007, // li   r3,7
            0x3800_0084, // li   r0,132      getpgid
            0x4400_0002, // sc
            0x7c64_1b78, // mr   r4,r3
            0x7ca0_0026, // mfcr r5
            0x7c06_0378, // mr   r6,r0
            0x3860_0000, // li   r3,0
            0x3800_00ea, // li   r0,234      exit_group
            0x4400_0002)); // sc

    internal static CallProgram X86() => new(
        new X86Architecture(),
        new X86Code(new X86Interpreter()),
        [
            0xbf, 7, 0, 0, 0, //   mov $7,%edi
            0xb8, 121, 0, 0, 0, // mov $121,%eax    getpgid
            0x0f, 0x05, //         syscall
            0x48, 0x89, 0xc6, //   mov %rax,%rsi
            0x48, 0x89, 0xfa, //   mov %rdi,%rdx
            0x31, 0xff, //         xor %edi,%edi
            0xb8, 231, 0, 0, 0, // mov $231,%eax    exit_group
            0x0f, 0x05, //         syscall
        ]);

    /// <summary>Makes a process of it while the world is set up.</summary>
    internal TaskStruct MakeProcess(LinuxKernel kernel)
    {
        (TaskStruct task, RegisterFile regs) = Make(kernel, "caller", "caller");
        Architecture.StartThread(kernel.Machine.BootCpu, regs, new ThreadStart(Text, Text + 0x800));
        return task;
    }
}
