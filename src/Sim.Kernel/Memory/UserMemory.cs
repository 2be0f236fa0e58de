using Sim.Arch;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>An address space as the architecture layer sees it, for signal frames and the like.</summary>
/// <param name="mm">The address space.</param>
[Immutable]
public sealed class UserMemory(MmStruct mm) : IUserMemory
{
    /// <inheritdoc/>
    public async Op<ByteBlock?> Read(Cpu cpu, ulong address, int length)
    {
        CopiedBytes read = await mm.CopyFromUser(cpu, address, length);
        return read.NotCopied == 0 ? new ByteBlock(read.Copied.Span) : null;
    }

    /// <inheritdoc/>
    public async Op<bool> Write(Cpu cpu, ulong address, ByteBlock bytes)
        => await mm.CopyToUser(cpu, address, Bytes.Of(bytes.Span)) == 0;
}
