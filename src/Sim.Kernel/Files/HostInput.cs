using Sim.Kernel.Abi;
using Sim.Kernel.Memory;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Files;

/// <summary>
/// Input from the host; for direct mode, where nothing is taken back. The whole simulation waits for it: simulated time
/// stands still meanwhile.
/// </summary>
public sealed class HostInput(SimMachine machine, string label, Stream stream) : FileBody(machine, "host", label)
{
    /// <inheritdoc/>
    public override int Mode => 0x1180; // S_IFIFO | 0600

    /// <inheritdoc/>
    public override Op<ReadResult> Read(Cpu cpu, OpenFile file, long position, int count)
    {
        var bytes = new byte[count];
        int read = stream.Read(bytes, 0, count);
        return Op<ReadResult>.Of(new ReadResult(Bytes.Of(bytes.AsSpan(0, read))));
    }

    /// <inheritdoc/>
    public override Op<long> Write(Cpu cpu, OpenFile file, long position, Bytes bytes)
        => Op<long>.Of(-(long)Errno.EBADF);

    /// <inheritdoc/>
    public override Op Release(Cpu cpu, OpenFile file) => Op.Done;
}
