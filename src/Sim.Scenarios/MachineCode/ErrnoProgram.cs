using System.Collections.Immutable;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine.Processors;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// clone() in machine code. Parent and child each call kill() wrongly, put the error where the C library keeps errno, at
/// a fixed distance from the thread pointer, read it back, and exit with what they read.
/// </summary>
/// <param name="Architecture">The processor.</param>
/// <param name="Code">What runs it.</param>
/// <param name="Bytes">The instructions.</param>
internal sealed record ErrnoProgram(IArchitecture Architecture, IUserCode Code, ImmutableArray<byte> Bytes)
    : TextProgram(Architecture, Code, Bytes)
{
    private const ulong ThreadData = 0x1001_0000;
    private const ulong ChildData = ThreadData + 0x400;
    private const ulong ChildStack = ThreadData + 0xc00;

    /// <summary>The program for powerpc, whose thread pointer is r13.</summary>
    /// <param name="raw">Whether the child keeps the result in a register.</param>
    internal static ErrnoProgram PowerPc(bool raw)
    {
        uint[] errno = raw ? [] :
        [
            0x906d_0020, // stw r3,0x20(r13)
            0x806d_0020, // lwz r3,0x20(r13)
        ];
        return new ErrnoProgram(
            PowerPcArchitecture.Ppc64(),
            new PowerPcCode(new PowerPcInterpreter()),
            BigEndian(
            [
                0x3800_0078, //        li    r0,120       clone
                0x4400_0002, //        sc
                0x2c03_0000, //        cmpwi r3,0
                0x4182_0040, //        beq   child
                0x3860_003c, //        li    r3,60
                0x3880_000f, //        li    r4,15
                0x3800_0025, //        li    r0,37        kill
                0x4400_0002, //        sc
                0x906d_0020, //        stw   r3,0x20(r13)
                0x83ed_0020, //        lwz   r31,0x20(r13)
                0x3860_ffff, //        li    r3,-1
                0x3880_0000, //        li    r4,0
                0x38a0_0000, //        li    r5,0
                0x38c0_0000, //        li    r6,0
                0x3800_0072, //        li    r0,114       wait4
                0x4400_0002, //        sc
                0x7fe3_fb78, //        mr    r3,r31
                0x3800_00ea, //        li    r0,234       exit_group
                0x4400_0002, //        sc
                0x3800_0014, // child: li    r0,20        getpid
                0x4400_0002, //        sc
                0x3880_ffff, //        li    r4,-1
                0x3800_0025, //        li    r0,37        kill
                0x4400_0002, //        sc
                .. errno,
                0x3800_00ea, //        li    r0,234       exit_group
                0x4400_0002, //        sc
            ]));
    }

    /// <summary>The program for x86_64, whose thread pointer is fs_base.</summary>
    /// <param name="raw">Whether the child keeps the result in a register.</param>
    internal static ErrnoProgram X86(bool raw)
    {
        byte[] errno = raw ? [] :
        [
            0x64, 0x89, 0x04, 0x25, 0x20, 0, 0, 0, // mov %eax,%fs:0x20
            0x64, 0x8b, 0x04, 0x25, 0x20, 0, 0, 0, // mov %fs:0x20,%eax
        ];
        return new ErrnoProgram(
            new X86Architecture(),
            new X86Code(new X86Interpreter()),
            [
                0xb8, 56, 0, 0, 0, //                            mov    $56,%eax     clone
                0x0f, 0x05, //                                   syscall
                0x85, 0xc0, //                                   test   %eax,%eax
                0x74, 28 + 35, //                                je     child
                0xbf, 60, 0, 0, 0, //                            mov    $60,%edi
                0xbe, 15, 0, 0, 0, //                            mov    $15,%esi
                0xb8, 62, 0, 0, 0, //                            mov    $62,%eax     kill
                0x0f, 0x05, //                                   syscall
                0xf7, 0xd8, //                                   neg    %eax
                0x64, 0x89, 0x04, 0x25, 0x20, 0, 0, 0, //        mov    %eax,%fs:0x20
                0x64, 0x8b, 0x1c, 0x25, 0x20, 0, 0, 0, //        mov    %fs:0x20,%ebx
                0xbf, 0xff, 0xff, 0xff, 0xff, //                 mov    $-1,%edi
                0x31, 0xf6, //                                   xor    %esi,%esi
                0x31, 0xd2, //                                   xor    %edx,%edx
                0x45, 0x31, 0xd2, //                             xor    %r10d,%r10d
                0xb8, 61, 0, 0, 0, //                            mov    $61,%eax     wait4
                0x0f, 0x05, //                                   syscall
                0x89, 0xdf, //                                   mov    %ebx,%edi
                0xb8, 231, 0, 0, 0, //                           mov    $231,%eax    exit_group
                0x0f, 0x05, //                                   syscall
                0xb8, 39, 0, 0, 0, //                     child: mov    $39,%eax     getpid
                0x0f, 0x05, //                                   syscall
                0x89, 0xc7, //                                   mov    %eax,%edi
                0xbe, 0xff, 0xff, 0xff, 0xff, //                 mov    $-1,%esi
                0xb8, 62, 0, 0, 0, //                            mov    $62,%eax     kill
                0x0f, 0x05, //                                   syscall
                0xf7, 0xd8, //                                   neg    %eax
                .. errno,
                0x89, 0xc7, //                                   mov    %eax,%edi
                0xb8, 231, 0, 0, 0, //                           mov    $231,%eax    exit_group
                0x0f, 0x05, //                                   syscall
            ]);
    }

    /// <summary>Makes the parent while the world is set up, with the arguments of clone().</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="setTls">Whether clone() is given CLONE_SETTLS.</param>
    internal TaskStruct MakeParent(LinuxKernel kernel, bool setTls)
    {
        Cpu boot = kernel.Machine.BootCpu;
        (TaskStruct task, RegisterFile regs) = Make(kernel, "parent", "shared", ThreadData);
        Architecture.StartThread(boot, regs, new ThreadStart(Text, ThreadData + 0x800));
        ulong flags = (ulong)(CloneFlags.VM | (CloneFlags)Signals.SIGCHLD |
            (setTls ? CloneFlags.SetTls : CloneFlags.None));
        ISyscallAbi abi = Architecture.Syscalls;
        abi.SetArgument(boot, regs, 0, flags);
        abi.SetArgument(boot, regs, 1, ChildStack);
        if (Architecture is X86Architecture)
        {
            X86Segments.SetFsBase(boot, regs, ThreadData);
            abi.SetArgument(boot, regs, 4, ChildData);
        }
        else
        {
            regs.Set(boot, PowerPcRegisters.Gpr13, ThreadData);
            abi.SetArgument(boot, regs, 3, ChildData);
        }

        return task;
    }
}
