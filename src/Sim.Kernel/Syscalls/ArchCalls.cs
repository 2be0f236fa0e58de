using System.Collections.Immutable;
using Sim.Arch.X86_64;
using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls that one architecture has. Source: arch/x86/kernel/process_64.c.</summary>
internal static class ArchCalls
{
    private const int SetGs = 0x1001;
    private const int SetFs = 0x1002;
    private const int GetFs = 0x1003;
    private const int GetGs = 0x1004;

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Partial("arch_prctl", ArchPrctl, "ENOSYS for a task without registers"),
    ];

    /// <summary>do_arch_prctl(): EPERM for a base outside user space, EFAULT for a bad pointer, EINVAL for other codes.</summary>
    private static Op<long> ArchPrctl(Cpu cpu, SyscallArguments a)
    {
        if (cpu.Task().Registers.Get(cpu) is not { } regs || cpu.Task().Kernel.Options.Architecture is not X86Architecture)
        {
            return Op<long>.Of(-(long)Errno.ENOSYS);
        }

        return (int)a.A switch
        {
            SetGs => Op<long>.Of(X86Segments.SetGsBase(cpu, regs, (ulong)a.B)),
            SetFs => Op<long>.Of(X86Segments.SetFsBase(cpu, regs, (ulong)a.B)),
            GetFs => cpu.ToUser(a.B, a.Layout.Words((long)X86Segments.GetFsBase(cpu, regs))),
            GetGs => cpu.ToUser(a.B, a.Layout.Words((long)X86Segments.GetGsBase(cpu, regs))),
            _ => Op<long>.Of(-(long)Errno.EINVAL),
        };
    }
}
