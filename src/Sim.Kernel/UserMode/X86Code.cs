using Sim.Arch;
using Sim.Arch.X86_64;
using Sim.Arch.X86_64.Interpreter;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>
/// x86_64 machine code, interpreted. One for each machine. In explored mode a locked instruction is a load and a
/// store, two steps, so a world in which processors race for a locked word is not what x86 does.
/// </summary>
[Immutable]
public sealed class X86Code(X86Interpreter interpreter) : InterpretedCode
{
    private const int Sigtrap = 5;
    private const int TrapTrace = 2;

    /// <inheritdoc/>
    public override string? Unsupported => interpreter.Unsupported;

    /// <inheritdoc/>
    protected override CodeExit Run(
        Cpu cpu, RegisterFile regs, IDirectMemory memory, int most, ref Reservation reservation)
    {
        long before = interpreter.Executed;
        ulong count = regs.Get(cpu, X86Registers.Cx);
        X86Exit exit = interpreter.Run(cpu, regs, memory, most);
        int executed = (int)(interpreter.Executed - before);

        // A repeated instruction that stops has made progress in its registers.
        executed = executed == 0 && regs.Get(cpu, X86Registers.Cx) != count ? 1 : executed;
        CodeExitKind kind = exit.Kind switch
        {
            X86ExitKind.Slice => CodeExitKind.Slice,
            X86ExitKind.Syscall => CodeExitKind.Syscall,
            X86ExitKind.Undefined => CodeExitKind.Undefined,
            X86ExitKind.Fault when exit.Fault is { Signal: Sigtrap, Code: TrapTrace } => CodeExitKind.Step,
            X86ExitKind.Fault => CodeExitKind.Fault,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return new CodeExit(kind, exit.Fault, executed);
    }

    /// <inheritdoc/>
    protected override void RestartClock() => interpreter.Executed = 0;
}
