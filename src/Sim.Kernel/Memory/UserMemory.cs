using Sim.Arch;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Memory;

/// <summary>An address space as the architecture layer sees it, for signal frames and the like.</summary>
/// <param name="mm">The address space.</param>
[Immutable]
public sealed class UserMemory(MmStruct mm) : IUserMemory, IDirectMemory
{
    /// <inheritdoc/>
    public Tlb? Tlb => mm.Tlb;

    /// <inheritdoc/>
    public async Op<ByteBlock?> Read(Cpu cpu, ulong address, int length)
    {
        CopiedBytes read = await mm.CopyFromUser(cpu, address, length);
        return read.NotCopied == 0 ? new ByteBlock(read.Copied.Span) : null;
    }

    /// <inheritdoc/>
    public async Op<bool> Write(Cpu cpu, ulong address, ByteBlock bytes)
        => await mm.CopyToUser(cpu, address, Bytes.Of(bytes.Span)) == 0;

    /// <inheritdoc/>
    public AccessFault Load(Cpu cpu, ulong address, int size, ulong sp, out ulong value)
    {
        UserWord word = mm.Load(cpu, address, size, sp).GetAwaiter().GetResult();
        value = (ulong)word.Value;
        return Fault(word);
    }

    /// <inheritdoc/>
    public AccessFault Store(Cpu cpu, ulong address, int size, ulong sp, ulong value)
        => Fault(mm.Store(cpu, address, size, (long)value, sp).GetAwaiter().GetResult());

    /// <inheritdoc/>
    public AccessFault CompareAndStore(
        Cpu cpu, ulong address, int size, ulong sp, ulong expected, ulong value, out bool stored)
    {
        UserWord word = mm.Atomic(
            cpu, address, size, RmwKind.CompareExchange, (long)expected, (long)value, sp).GetAwaiter().GetResult();
        stored = word.Fault == FaultCode.None && (ulong)word.Value == expected;
        return Fault(word);
    }

    /// <inheritdoc/>
    public AccessFault Fetch(Cpu cpu, ulong address, out ReadOnlySpan<byte> code)
    {
        if (mm.Tlb?.FindCode(address) is { } known)
        {
            code = UserCopy.PlainBytes(known, address, (int)Paging.PageSize);
            return default;
        }

        Reach reach = mm.ReachPage(cpu, address, AccessKind.Execute, ulong.MaxValue).GetAwaiter().GetResult();
        if (reach.Page is null)
        {
            code = default;
            return Fault(new UserWord(0, reach.Fault, address));
        }

        mm.Tlb?.EnterCode(address, reach.Page.Words.Plain);
        code = UserCopy.PlainBytes(reach.Page.Words.Plain, address, (int)Paging.PageSize);
        return default;
    }

    private static AccessFault Fault(UserWord word)
    {
        if (word.Fault == FaultCode.None)
        {
            return default;
        }

        (int signal, int code) = word.Fault.Signal();
        return new AccessFault(signal, code, word.Address);
    }
}
