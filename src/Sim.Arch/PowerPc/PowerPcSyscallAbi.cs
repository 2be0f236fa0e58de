using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.PowerPc.PowerPcRegisters;

namespace Sim.Arch.PowerPc;

/// <summary>
/// System calls of powerpc: the number in gpr[0], the first argument in gpr[3] and kept as orig_gpr3;
/// a failed call leaves the positive error number in gpr[3] and CR0.SO set.
/// </summary>
[Immutable]
public sealed class PowerPcSyscallAbi : ISyscallAbi
{
    private const ulong RestartSyscall = 0;
    private const ulong InstructionLength = 4;
    private readonly PowerPcArchitecture _architecture;

    internal PowerPcSyscallAbi(PowerPcArchitecture architecture) => _architecture = architecture;

    /// <inheritdoc/>
    public SyscallNumbering Numbering(Cpu cpu, RegisterFile regs)
        => _architecture.Is32Bit(cpu, regs) ? SyscallNumbering.Ppc32 : SyscallNumbering.Ppc64;

    /// <inheritdoc/>
    public void EnterByInterrupt(Cpu cpu, RegisterFile regs) => regs.Set(cpu, Trap, PowerPcBits.DecrementerVector);

    /// <inheritdoc/>
    public void Enter(Cpu cpu, RegisterFile regs)
    {
        regs.Set(cpu, OrigGpr3, regs.Get(cpu, Gpr3));
        regs.Set(cpu, Trap, PowerPcBits.SyscallVector);
        regs.Set(cpu, Result, 0);
        regs.SetFailed(cpu, false);
    }

    /// <inheritdoc/>
    public void Leave(Cpu cpu, RegisterFile regs, long result)
    {
        regs.Set(cpu, Result, (ulong)result);
        bool failed = ErrorNumber.IsError((ulong)result) && !regs.Has(cpu, PowerPcThreadFlags.NoError);
        if (failed)
        {
            regs.SetFailed(cpu, true);
        }

        regs.Set(cpu, Gpr3, (ulong)(failed ? -result : result));
        regs.Clear(cpu, PowerPcThreadFlags.NoError);
    }

    /// <summary>
    /// As if the call had returned -ENOSYS: gpr[3] is 38 and CR0.SO set, whatever a tracer wrote at
    /// entry; orig_gpr3 still has the first argument.
    /// </summary>
    public void Abort(Cpu cpu, RegisterFile regs) => Leave(cpu, regs, -ErrorNumber.ENOSYS);

    /// <inheritdoc/>
    public void ForceSuccess(Cpu cpu, RegisterFile regs) => regs.Raise(cpu, PowerPcThreadFlags.NoError);

    /// <inheritdoc/>
    public int GetNumber(Cpu cpu, RegisterFile regs)
        => regs.IsFromSyscall(cpu) ? (int)regs.Get(cpu, Gpr) : -1;

    /// <inheritdoc/>
    public void SetNumber(Cpu cpu, RegisterFile regs, int number) => regs.Set(cpu, Gpr, (ulong)number);

    /// <summary>gpr[3] = orig_gpr3, and nothing else: CR0.SO stays set.</summary>
    public void Rollback(Cpu cpu, RegisterFile regs) => regs.Set(cpu, Gpr3, regs.Get(cpu, OrigGpr3));

    /// <inheritdoc/>
    public long GetError(Cpu cpu, RegisterFile regs) => regs.HasFailed(cpu) ? -(long)regs.Get(cpu, Gpr3) : 0;

    /// <inheritdoc/>
    public ulong GetReturnValue(Cpu cpu, RegisterFile regs) => regs.Get(cpu, Gpr3);

    /// <inheritdoc/>
    public void SetReturnValue(Cpu cpu, RegisterFile regs, int error, ulong value)
    {
        regs.SetFailed(cpu, error != 0);
        regs.Set(cpu, Gpr3, error != 0 ? (ulong)-(long)error : value);
    }

    /// <inheritdoc/>
    public ulong GetArgument(Cpu cpu, RegisterFile regs, int index)
    {
        ulong value = regs.Get(cpu, Gpr3 + index);
        return _architecture.Is32Bit(cpu, regs) ? (uint)value : value;
    }

    /// <summary>Does not touch orig_gpr3: a call that restarts has its old first argument again.</summary>
    public void SetArgument(Cpu cpu, RegisterFile regs, int index, ulong value)
        => regs.Set(cpu, Gpr3 + index, value);

    /// <inheritdoc/>
    public SyscallRestart RestartAfterHandler(Cpu cpu, RegisterFile regs, bool saRestart)
        => Restart(cpu, regs, handler: true, saRestart);

    /// <inheritdoc/>
    public SyscallRestart RestartWithoutHandler(Cpu cpu, RegisterFile regs)
        => Restart(cpu, regs, handler: false, saRestart: false);

    private static SyscallRestart Restart(Cpu cpu, RegisterFile regs, bool handler, bool saRestart)
    {
        if (!regs.IsFromSyscall(cpu) || !regs.HasFailed(cpu))
        {
            return SyscallRestart.None;
        }

        SyscallRestart restart = RestartRule.For((int)regs.Get(cpu, Gpr3), handler, saRestart);
        if (restart == SyscallRestart.Interrupted)
        {
            regs.Set(cpu, Result, unchecked((ulong)-ErrorNumber.EINTR));
            regs.Set(cpu, Gpr3, ErrorNumber.EINTR);
            regs.SetFailed(cpu, true);
        }
        else if (restart != SyscallRestart.None)
        {
            if (restart == SyscallRestart.RestartBlock)
            {
                regs.Set(cpu, Gpr, RestartSyscall);
            }
            else
            {
                regs.Set(cpu, Gpr3, regs.Get(cpu, OrigGpr3));
            }

            regs.Set(cpu, Nip, regs.Get(cpu, Nip) - InstructionLength);
            regs.Set(cpu, Result, 0);
        }

        return restart;
    }
}
