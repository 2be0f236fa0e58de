using Sim.Arch;
using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Utrace;

namespace Sim.Scenarios.MachineCode;

/// <summary>
/// An engine that has its way with the first system call of a <see cref="CallProgram"/>, and reads at the entry of the
/// second what the program found after it.
/// </summary>
internal sealed class AbortOps : EngineOps
{
    /// <summary>What the engine says that the call returned.</summary>
    internal const int Set = 1234;

    /// <summary>What it makes of argument 0.</summary>
    internal const int Changed = 99;

    private const int BitOfSummaryOverflow = 28;

    private readonly bool _powerPc;
    private readonly EntryAnswer _entry;
    private readonly ExitAnswer _exit;
    private readonly Ghost<long> _number;
    private readonly Ghost<long> _error;
    private readonly Ghost<long> _value;
    private readonly Ghost<long> _result;
    private readonly Ghost<long> _second;
    private readonly Ghost<long> _third;
    private readonly Ghost<int> _entered;

    internal AbortOps(SimMachine machine, bool powerPc, EntryAnswer entry, ExitAnswer exit)
        : base(machine, "aborter")
    {
        _powerPc = powerPc;
        _entry = entry;
        _exit = exit;
        _number = new Ghost<long>(this, "number at the exit");
        _error = new Ghost<long>(this, "error at the exit");
        _value = new Ghost<long>(this, "value at the exit");
        _result = new Ghost<long>(this, "result in user mode");
        _second = new Ghost<long>(this, "second in user mode");
        _third = new Ghost<long>(this, "third in user mode");
        _entered = new Ghost<int>(this, "calls entered");
    }

    /// <summary>What it found; whole at the end of an execution.</summary>
    internal CallLeftovers Found
        => new(_number.Peek, _error.Peek, _value.Peek, _result.Peek, _second.Peek, _third.Peek);

    /// <inheritdoc/>
    public override async Op<Verdict> ReportSyscallEntry(Cpu cpu, Verdict action, UtraceEngine engine)
    {
        RegisterFile regs = cpu.Task().Registers.Get(cpu)!;
        ISyscallAbi abi = cpu.Task().Kernel.Options.Architecture!.Syscalls;
        int entered = await cpu.Load(_entered);
        await cpu.Store(_entered, entered + 1);
        if (entered > 0)
        {
            ulong second = abi.GetArgument(cpu, regs, 2);
            await cpu.Store(_result, (long)abi.GetArgument(cpu, regs, 1));
            await cpu.Store(_second, _powerPc ? (long)(second >> BitOfSummaryOverflow) & 1 : (long)second);
            await cpu.Store(_third, _powerPc ? (long)abi.GetArgument(cpu, regs, 3) : 0);
            return ResumeAction.Resume;
        }

        return new Verdict(ResumeAction.Resume, Enter(cpu, regs, abi));
    }

    /// <inheritdoc/>
    public override async Op<Verdict> ReportSyscallExit(Cpu cpu, ResumeAction action, UtraceEngine engine)
    {
        RegisterFile regs = cpu.Task().Registers.Get(cpu)!;
        ISyscallAbi abi = cpu.Task().Kernel.Options.Architecture!.Syscalls;
        await cpu.Store(_number, (long)abi.GetNumber(cpu, regs));
        await cpu.Store(_error, abi.GetError(cpu, regs));
        await cpu.Store(_value, (long)abi.GetReturnValue(cpu, regs));
        Exit(cpu, regs, abi);
        return ResumeAction.Resume;
    }

    private SyscallAction Enter(Cpu cpu, RegisterFile regs, ISyscallAbi abi)
    {
        if (_entry is EntryAnswer.AbortChanged or EntryAnswer.BogusNumberChanged)
        {
            abi.SetReturnValue(cpu, regs, 0, Set);
            abi.SetArgument(cpu, regs, 0, Changed);
        }

        if (_entry is EntryAnswer.BogusNumber or EntryAnswer.BogusNumberChanged)
        {
            abi.SetNumber(cpu, regs, -1);
        }

        if (_entry is EntryAnswer.OtherArgument)
        {
            abi.SetArgument(cpu, regs, 0, 0);
        }

        return _entry is EntryAnswer.Abort or EntryAnswer.AbortChanged ? SyscallAction.Abort : SyscallAction.Run;
    }

    private void Exit(Cpu cpu, RegisterFile regs, ISyscallAbi abi)
    {
        switch (_exit)
        {
            case ExitAnswer.Rollback:
                abi.Rollback(cpu, regs);
                break;
            case ExitAnswer.Success:
                abi.SetReturnValue(cpu, regs, 0, Set);
                break;
            case ExitAnswer.Failure:
                abi.SetReturnValue(cpu, regs, -(int)Errno.EPERM, 0);
                break;
            case ExitAnswer.Nothing:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
