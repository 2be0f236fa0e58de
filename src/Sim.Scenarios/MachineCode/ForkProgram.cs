using System.Collections.Immutable;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Kernel;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine.Processors;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// fork() as a C library makes it, in machine code: take a lock, call the kernel. The child exits at once; the parent
/// waits for it and exits.
/// </summary>
/// <param name="Architecture">The processor.</param>
/// <param name="Code">What runs it.</param>
/// <param name="Bytes">The instructions.</param>
/// <param name="Raw">How far behind the beginning the system call is, for a program that calls the kernel itself.</param>
/// <param name="LockRegister">Where the address of the lock is.</param>
internal sealed record ForkProgram(
    IArchitecture Architecture, IUserCode Code, ImmutableArray<byte> Bytes, int Raw, int LockRegister)
    : TextProgram(Architecture, Code, Bytes)
{
    /// <summary>Where the lock is.</summary>
    private const ulong Lock = 0x1001_0000;

    /// <summary>
    /// The lock is taken as glibc does it, by lwarx and stwcx.: between them a comparison and one conditional branch.
    /// </summary>
    internal static ForkProgram PowerPc() => new(
        PowerPcArchitecture.Ppc64(),
        new PowerPcCode(new PowerPcInterpreter()),
        BigEndian(
            0x7d20_2028, // again: lwarx r9,0,r4
            0x2c09_0000, //        cmpwi r9,0
            0x4082_000c, //        bne-  taken
            0x7c80_212d, //        stwcx. r4,0,r4
            0x4082_fff0, //        bne-  again
            0x4c00_012c, // taken: isync
            0x3800_0002, //        li    r0,2         fork
            0x4400_0002, //        sc
            0x2c03_0000, //        cmpwi r3,0
            0x4182_0028, //        beq   child
            0x3860_ffff, //        li    r3,-1
            0x3880_0000, //        li    r4,0
            0x38a0_0000, //        li    r5,0
            0x38c0_0000, //        li    r6,0
            0x3800_0072, //        li    r0,114       wait4
            0x4400_0002, //        sc
            0x3860_0000, //        li    r3,0
            0x3800_00ea, //        li    r0,234       exit_group
            0x4400_0002, //        sc
            0x3860_0016, // child: li    r3,22
            0x3800_00ea, //        li    r0,234       exit_group
            0x4400_0002), //       sc
        Raw: 24,
        PowerPcRegisters.Gpr + 4);

    /// <summary>The lock is taken by one locked instruction, which a trap cannot divide.</summary>
    internal static ForkProgram X86() => new(
        new X86Architecture(),
        new X86Code(new X86Interpreter()),
        [
            0x31, 0xc0, //                         again: xor    %eax,%eax
            0xba, 1, 0, 0, 0, //                          mov    $1,%edx
            0xf0, 0x0f, 0xb1, 0x17, //                    lock cmpxchg %edx,(%rdi)
            0x75, 0xf3, //                                jne    again
            0xb8, 57, 0, 0, 0, //                         mov    $57,%eax     fork
            0x0f, 0x05, //                                syscall
            0x85, 0xc0, //                                test   %eax,%eax
            0x74, 30, //                                  je     child
            0xbf, 0xff, 0xff, 0xff, 0xff, //              mov    $-1,%edi
            0x31, 0xf6, //                                xor    %esi,%esi
            0x31, 0xd2, //                                xor    %edx,%edx
            0x45, 0x31, 0xd2, //                          xor    %r10d,%r10d
            0xb8, 61, 0, 0, 0, //                         mov    $61,%eax     wait4
            0x0f, 0x05, //                                syscall
            0x31, 0xff, //                                xor    %edi,%edi
            0xb8, 231, 0, 0, 0, //                        mov    $231,%eax    exit_group
            0x0f, 0x05, //                                syscall
            0x90, 0x90, //                                nop
            0xbf, 22, 0, 0, 0, //                  child: mov    $22,%edi
            0xb8, 231, 0, 0, 0, //                        mov    $231,%eax    exit_group
            0x0f, 0x05, //                                syscall
        ],
        Raw: 13,
        X86Registers.Di);

    /// <summary>Makes a process of it while the world is set up.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="raw">Whether it begins at the system call.</param>
    internal TaskStruct MakeParent(LinuxKernel kernel, bool raw)
    {
        Cpu boot = kernel.Machine.BootCpu;
        (TaskStruct task, RegisterFile regs) = Make(kernel, "parent", "parent", Lock);
        Architecture.StartThread(boot, regs, new ThreadStart(Text + (ulong)(raw ? Raw : 0), Lock + 0x800));
        regs.Set(boot, LockRegister, Lock);
        return task;
    }
}
