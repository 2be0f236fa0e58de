using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Files;

/// <summary>Output that goes to the host at once; for direct mode, where nothing is taken back.</summary>
public sealed class HostOutput(SimMachine machine, string label, Stream stream) : FileBody(machine, "host", label)
{
    /// <inheritdoc/>
    public override int Mode => 0x1180; // S_IFIFO | 0600

    /// <inheritdoc/>
    public override Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count)
        => Op<ReadResult>.Of(new ReadResult(Bytes.Empty));

    /// <inheritdoc/>
    public override Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes)
    {
        stream.Write(bytes.Span);
        stream.Flush();
        return Op<long>.Of(bytes.Length);
    }

    /// <inheritdoc/>
    public override Op Release(Cpu cpu, OpenFile file) => Op.Done;
}
