using System.Collections.Immutable;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>
/// System calls of x86_64: the number in ax is saved as orig_ax, ax holds -ENOSYS until the call
/// returns, and an error is a value from -4095 to -1.
/// </summary>
[Immutable]
public sealed class X86SyscallAbi : ISyscallAbi
{
    /// <summary>__NR_restart_syscall.</summary>
    private const ulong RestartSyscall = 219;

    /// <summary>__NR_ia32_restart_syscall.</summary>
    private const ulong Ia32RestartSyscall = 0;

    /// <summary>Bytes of <c>syscall</c>, <c>sysenter</c> and <c>int $0x80</c>.</summary>
    private const ulong InstructionLength = 2;

    private static readonly ImmutableArray<int> s_arguments = [Di, Si, Dx, R10, R8, R9];
    private static readonly ImmutableArray<int> s_compatArguments = [Bx, Cx, Dx, Si, Di, Bp];

    /// <inheritdoc/>
    public SyscallNumbering Numbering(Cpu cpu, RegisterFile regs)
        => regs.IsCompatSyscall(cpu) ? SyscallNumbering.I386 : SyscallNumbering.X86_64;

    /// <inheritdoc/>
    public void EnterByInterrupt(Cpu cpu, RegisterFile regs) => regs.Set(cpu, OrigAx, ulong.MaxValue);

    /// <inheritdoc/>
    public void Enter(Cpu cpu, RegisterFile regs)
    {
        X86ThreadStatus status = regs.Has(cpu, X86ThreadFlags.Ia32) ? X86ThreadStatus.Compat : X86ThreadStatus.None;
        regs.Set(cpu, ThreadStatus, (ulong)status);
        regs.Set(cpu, OrigAx, regs.Get(cpu, Ax));
        regs.Set(cpu, Ax, unchecked((ulong)-ErrorNumber.ENOSYS));
    }

    /// <inheritdoc/>
    public void Leave(Cpu cpu, RegisterFile regs, long result) => regs.Set(cpu, Ax, (ulong)result);

    /// <summary>Nothing: ax still holds -ENOSYS, or what the tracer made of it, and so do the others.</summary>
    public void Abort(Cpu cpu, RegisterFile regs)
    {
    }

    /// <summary>Nothing: there is no flag to set.</summary>
    public void ForceSuccess(Cpu cpu, RegisterFile regs)
    {
    }

    /// <inheritdoc/>
    public int GetNumber(Cpu cpu, RegisterFile regs) => (int)regs.Get(cpu, OrigAx);

    /// <inheritdoc/>
    public void SetNumber(Cpu cpu, RegisterFile regs, int number) => regs.Set(cpu, OrigAx, (ulong)number);

    /// <inheritdoc/>
    public void Rollback(Cpu cpu, RegisterFile regs) => regs.Set(cpu, Ax, regs.Get(cpu, OrigAx));

    /// <inheritdoc/>
    public long GetError(Cpu cpu, RegisterFile regs)
    {
        ulong value = regs.Get(cpu, Ax);
        if (regs.IsCompatSyscall(cpu))
        {
            value = (ulong)(int)value;
        }

        return ErrorNumber.IsError(value) ? (long)value : 0;
    }

    /// <inheritdoc/>
    public ulong GetReturnValue(Cpu cpu, RegisterFile regs) => regs.Get(cpu, Ax);

    /// <inheritdoc/>
    public void SetReturnValue(Cpu cpu, RegisterFile regs, int error, ulong value)
        => regs.Set(cpu, Ax, error != 0 ? (ulong)error : value);

    /// <inheritdoc/>
    public ulong GetArgument(Cpu cpu, RegisterFile regs, int index)
        => regs.IsCompatSyscall(cpu)
            ? (uint)regs.Get(cpu, s_compatArguments[index])
            : regs.Get(cpu, s_arguments[index]);

    /// <inheritdoc/>
    public void SetArgument(Cpu cpu, RegisterFile regs, int index, ulong value)
        => regs.Set(cpu, (regs.IsCompatSyscall(cpu) ? s_compatArguments : s_arguments)[index], value);

    /// <inheritdoc/>
    public SyscallRestart RestartAfterHandler(Cpu cpu, RegisterFile regs, bool saRestart)
        => Restart(cpu, regs, handler: true, saRestart);

    /// <inheritdoc/>
    public SyscallRestart RestartWithoutHandler(Cpu cpu, RegisterFile regs)
        => Restart(cpu, regs, handler: false, saRestart: false);

    private SyscallRestart Restart(Cpu cpu, RegisterFile regs, bool handler, bool saRestart)
    {
        SyscallRestart restart = GetNumber(cpu, regs) < 0
            ? SyscallRestart.None
            : RestartRule.For((int)-GetError(cpu, regs), handler, saRestart);
        if (restart == SyscallRestart.Interrupted)
        {
            regs.Set(cpu, Ax, unchecked((ulong)-ErrorNumber.EINTR));
        }
        else if (restart != SyscallRestart.None)
        {
            ulong blockNumber = regs.Has(cpu, X86ThreadFlags.Ia32) ? Ia32RestartSyscall : RestartSyscall;
            regs.Set(cpu, Ax, restart == SyscallRestart.RestartBlock ? blockNumber : regs.Get(cpu, OrigAx));
            regs.Set(cpu, Ip, regs.Get(cpu, Ip) - InstructionLength);
        }

        return restart;
    }
}
