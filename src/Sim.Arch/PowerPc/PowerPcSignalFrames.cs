using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch.PowerPc;

/// <summary>Signal frames by the width of the program.</summary>
[Immutable]
internal sealed class PowerPcSignalFrames(
    PowerPcArchitecture architecture, PowerPcFeatures features, bool is64BitKernel) : ISignalFrames
{
    private readonly Ppc64SignalFrames _wide = new(features);
    private readonly Ppc32SignalFrames _narrow = new(architecture, features, is64BitKernel);

    /// <inheritdoc/>
    public Op<bool> SetupFrame(Cpu cpu, RegisterFile regs, IUserMemory memory, SignalDelivery signal)
        => Of(cpu, regs).SetupFrame(cpu, regs, memory, signal);

    /// <inheritdoc/>
    public Op<FrameReturn> ReturnFromHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
        => Of(cpu, regs).ReturnFromHandler(cpu, regs, memory);

    /// <inheritdoc/>
    public Op<FrameReturn> ReturnFromOldHandler(Cpu cpu, RegisterFile regs, IUserMemory memory)
        => Of(cpu, regs).ReturnFromOldHandler(cpu, regs, memory);

    private ISignalFrames Of(Cpu cpu, RegisterFile regs) => architecture.Is32Bit(cpu, regs) ? _narrow : _wide;
}
