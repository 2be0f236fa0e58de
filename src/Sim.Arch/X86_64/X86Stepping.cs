using Sim.Machine.Ops;
using Sim.Machine.Processors;
using static Sim.Arch.X86_64.X86Registers;

namespace Sim.Arch.X86_64;

/// <summary>
/// Stepping by the trap flag. TF stays set from trap to trap; TIF_FORCED_TF remembers that it is ours,
/// so that user mode and debuggers do not see it.
/// </summary>
[Immutable]
public sealed class X86Stepping : IStepping
{
    /// <summary>DEBUGCTLMSR_BTF: trap on branches only.</summary>
    public const ulong Btf = 2;

    /// <summary>The longest instruction.</summary>
    private const int LongestInstruction = 15;

    /// <inheritdoc/>
    public bool HasSingleStep => true;

    /// <inheritdoc/>
    public bool HasBlockStep => true;

    /// <inheritdoc/>
    public async Op EnableSingleStep(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        bool setsTrapFlag = await IsSettingTrapFlag(cpu, regs, memory);
        ArmTrapFlag(cpu, regs, setsTrapFlag);
        SetBranchTrap(cpu, regs, false);
    }

    /// <inheritdoc/>
    public async Op EnableBlockStep(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        bool setsTrapFlag = await IsSettingTrapFlag(cpu, regs, memory);
        bool isOurs = ArmTrapFlag(cpu, regs, setsTrapFlag);
        SetBranchTrap(cpu, regs, isOurs);
    }

    /// <inheritdoc/>
    public void Disable(Cpu cpu, RegisterFile regs)
    {
        SetBranchTrap(cpu, regs, false);
        regs.Clear(cpu, X86ThreadFlags.SingleStep);
        if (regs.Has(cpu, X86ThreadFlags.ForcedTf))
        {
            regs.Clear(cpu, X86ThreadFlags.ForcedTf);
            regs.Clear(cpu, X86Flags.Tf);
        }
    }

    /// <inheritdoc/>
    public bool IsStepping(Cpu cpu, RegisterFile regs) => regs.Has(cpu, X86ThreadFlags.SingleStep);

    /// <summary>Nothing: TF stays armed.</summary>
    public void TrapInUserMode(Cpu cpu, RegisterFile regs)
    {
    }

    /// <inheritdoc/>
    public void TrapAtSyscallEntry(Cpu cpu, RegisterFile regs)
    {
        regs.Raise(cpu, X86ThreadFlags.SingleStep);
        regs.Clear(cpu, X86Flags.Tf);
    }

    /// <inheritdoc/>
    public void RearmAtSyscallTrace(Cpu cpu, RegisterFile regs)
    {
        if (regs.Has(cpu, X86ThreadFlags.SingleStep))
        {
            regs.Raise(cpu, X86Flags.Tf);
        }
    }

    /// <summary>enable_single_step().</summary>
    /// <returns>Whether TF is ours.</returns>
    private static bool ArmTrapFlag(Cpu cpu, RegisterFile regs, bool setsTrapFlag)
    {
        // A step into a system call has cleared TF in the kernel. If the user had set it, it is set
        // again first, so that it is not taken for ours below.
        if (regs.Has(cpu, X86ThreadFlags.SingleStep))
        {
            regs.Raise(cpu, X86Flags.Tf);
        }

        regs.Raise(cpu, X86ThreadFlags.SingleStep);
        bool hadTrapFlag = regs.Has(cpu, X86Flags.Tf);
        regs.Raise(cpu, X86Flags.Tf);
        if (setsTrapFlag)
        {
            regs.Clear(cpu, X86ThreadFlags.ForcedTf);
            return false;
        }

        if (hadTrapFlag)
        {
            return regs.Has(cpu, X86ThreadFlags.ForcedTf);
        }

        regs.Raise(cpu, X86ThreadFlags.ForcedTf);
        return true;
    }

    private static void SetBranchTrap(Cpu cpu, RegisterFile regs, bool on)
    {
        ulong debugCtl = regs.Get(cpu, DebugCtl);
        debugCtl = on ? debugCtl | Btf : debugCtl & ~Btf;
        regs.Set(cpu, DebugCtl, debugCtl);
        if (debugCtl != 0)
        {
            regs.Raise(cpu, X86ThreadFlags.DebugCtlMsr);
        }
        else
        {
            regs.Clear(cpu, X86ThreadFlags.DebugCtlMsr);
        }
    }

    /// <summary>is_setting_trap_flag(): whether the next instruction, after prefixes, is popf or iret.</summary>
    private async Op<bool> IsSettingTrapFlag(Cpu cpu, RegisterFile regs, IUserMemory memory)
    {
        for (int i = 0; i < LongestInstruction; i++)
        {
            ByteBlock? read = await memory.Read(cpu, regs.Get(cpu, Ip) + (ulong)i, 1);
            if (read is null)
            {
                return false;
            }

            byte opcode = read.Span[0];
            if (opcode is 0x9d or 0xcf)
            {
                return true;
            }

            if (!IsPrefix(opcode, regs.Get(cpu, Cs) == X86Selector.UserCs))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Operand and address size, segment, lock and repeat prefixes, and REX in 64-bit code.</summary>
    private static bool IsPrefix(byte opcode, bool is64Bit)
        => opcode is 0x66 or 0x67 or 0x26 or 0x2e or 0x36 or 0x3e or 0x64 or 0x65 or 0xf0 or 0xf2 or 0xf3 ||
            (is64Bit && opcode is >= 0x40 and <= 0x4f);
}
