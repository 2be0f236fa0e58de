using System.Collections.Immutable;
using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Lifecycle;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Kernel.Syscalls.SystemCall;

namespace Sim.Kernel.Syscalls;

/// <summary>Calls that make tasks. Source: arch/x86/kernel/process.c, arch/powerpc/kernel/process.c.</summary>
internal static class CloneCalls
{
    private const string ByRoutine = "the child goes on with UserProgram.Child; ENOSYS in a program without";

    internal static ImmutableArray<SystemCall> List { get; } =
    [
        Partial("fork", (cpu, a) => Make(cpu, (CloneFlags)Abi.Signals.SIGCHLD), ByRoutine),
        Partial(
            "vfork",
            (cpu, a) => Make(cpu, CloneFlags.VM | CloneFlags.Vfork | (CloneFlags)Abi.Signals.SIGCHLD),
            ByRoutine),
        Partial("clone", Clone, ByRoutine + "; CLONE_SETTLS of i386 answers EINVAL"),
    ];

    private static Op<long> Make(Cpu cpu, CloneFlags flags) => Fork(cpu, new CloneRequest(flags, null!));

    /// <summary>The order of the last arguments differs between architectures.</summary>
    private static Op<long> Clone(Cpu cpu, SyscallArguments a)
    {
        var flags = (CloneFlags)(uint)a.A;
        bool tlsIsLast = a.Numbering == SyscallNumbering.X86_64;
        var request = new CloneRequest(flags, null!)
        {
            Stack = (ulong)a.B,
            ParentTid = (ulong)a.C,
            ChildTid = (ulong)(tlsIsLast ? a.D : a.E),
            Tls = (ulong)(tlsIsLast ? a.E : a.D),
        };
        return a.Numbering == SyscallNumbering.I386 && request.Has(CloneFlags.SetTls)
            ? Op<long>.Of(-(long)Errno.EINVAL)
            : Fork(cpu, request);
    }

    private static Op<long> Fork(Cpu cpu, CloneRequest request)
        => cpu.Task().Context.Get(cpu)?.Program.Get(cpu)?.Program.Child is { } child
            ? cpu.Task().Kernel.Fork.DoFork(cpu, request with { Child = child })
            : Op<long>.Of(-(long)Errno.ENOSYS);
}
