using Sim.Arch;
using Sim.Arch.PowerPc.Interpreter;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.UserMode;

/// <summary>powerpc machine code, interpreted. One for each machine.</summary>
[Immutable]
public sealed class PowerPcCode(PowerPcInterpreter interpreter) : InterpretedCode
{
    /// <inheritdoc/>
    public override string? Unsupported => interpreter.Unsupported;

    /// <inheritdoc/>
    protected override CodeExit Run(
        Cpu cpu, RegisterFile regs, IDirectMemory memory, int most, ref Reservation reservation)
        => interpreter.Run(cpu, regs, memory, most, ref reservation);

    /// <inheritdoc/>
    protected override void RestartClock() => interpreter.TimeBase = 0;
}
