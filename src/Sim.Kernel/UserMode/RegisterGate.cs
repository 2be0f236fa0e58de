using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Kernel.Barriers;
using Sim.Kernel.Syscalls;
using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>
/// System calls of machine code: number, arguments and result are in registers. Source:
/// arch/x86/kernel/entry_64.S system_call, arch/powerpc/kernel/entry_64.S.
/// </summary>
[Immutable]
internal sealed class RegisterGate(LinuxKernel kernel)
{
    /// <summary>TRAP_BRKPT: what user_single_step_siginfo() says.</summary>
    private const int TrapBreakpoint = 1;

    /// <summary>A system call from its entry to the return to user mode.</summary>
    /// <remarks>Context: current; may sleep; does not return from a fatal signal. Locks: none.</remarks>
    internal async Op Syscall(Cpu cpu, RegisterFile regs)
    {
        TaskStruct task = cpu.Task();
        UserContext context = task.Context.Get(cpu)!;
        ISyscallAbi abi = kernel.Options.Architecture!.Syscalls;
        context.RestoresAll.Set(cpu, false);
        abi.Enter(cpu, regs);
        if (await IsTraced(cpu, task) && await kernel.Tracehook.ReportSyscallEntry(cpu))
        {
            abi.Abort(cpu, regs);
        }
        else
        {
            int number = abi.GetNumber(cpu, regs);
            SyscallArguments arguments = Arguments(cpu, abi, regs);
            kernel.Options.Watch?.Enters(task, number, arguments);
            long result = await kernel.Syscalls.Run(cpu, number, arguments);
            kernel.Options.Watch?.Leaves(task, number, arguments, result);
            if (SyscallDispatch.Find(arguments.Numbering, number) is null)
            {
                abi.Abort(cpu, regs);
            }
            else if (!context.RestoresAll.Get(cpu))
            {
                abi.Leave(cpu, regs, result);
            }
        }

        if (await IsTraced(cpu, task))
        {
            await kernel.Tracehook.ReportSyscallExit(cpu);
        }

        if ((await cpu.ReadOnce(task.ThreadFlags) & ThreadFlags.SingleStep) != ThreadFlags.None)
        {
            // The step argument of tracehook_report_syscall_exit(): the call was the instruction that was stepped.
            await kernel.Send.Force(cpu, new SigInfo(Abi.Signals.SIGTRAP, TrapBreakpoint));
        }

        await kernel.ReturnWork.ExitToUser(cpu);
    }

    private static async Op<bool> IsTraced(Cpu cpu, TaskStruct task)
        => (await cpu.ReadOnce(task.ThreadFlags) & ThreadFlags.SyscallTrace) != ThreadFlags.None;

    private static SyscallArguments Arguments(Cpu cpu, ISyscallAbi abi, RegisterFile regs) => new(
        abi.Numbering(cpu, regs),
        (long)abi.GetArgument(cpu, regs, 0),
        (long)abi.GetArgument(cpu, regs, 1),
        (long)abi.GetArgument(cpu, regs, 2),
        (long)abi.GetArgument(cpu, regs, 3),
        (long)abi.GetArgument(cpu, regs, 4),
        (long)abi.GetArgument(cpu, regs, 5));
}
