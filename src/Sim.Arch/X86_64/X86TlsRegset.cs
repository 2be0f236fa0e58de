using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Arch.X86_64;

/// <summary>The thread-local descriptors of a 32-bit task, each as struct user_desc.</summary>
[Immutable]
internal sealed class X86TlsRegset()
    : Regset("TLS", X86Selector.TlsEntries, 16, NoteType.NT_386_TLS, isBigEndian: false)
{
    private const X86DescriptorBits Known = (X86DescriptorBits)0x7f;

    /// <summary>Slots are numbered as entries of the GDT.</summary>
    public override int Bias => X86Selector.TlsMin;

    /// <inheritdoc/>
    public override bool HasActive => true;

    /// <summary>regset_tls_active(): up to the last descriptor in use.</summary>
    public override int Active(Cpu cpu, RegisterFile regs)
    {
        int n = N;
        while (n > 0 && X86Descriptor.Load(cpu, regs, n - 1).IsEmpty)
        {
            n--;
        }

        return n;
    }

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
    {
        var descriptor = X86Descriptor.Load(cpu, regs, slot);
        into.PutU32(0, (uint)(X86Selector.TlsMin + slot), IsBigEndian);
        into.PutU32(4, descriptor.Base, IsBigEndian);
        into.PutU32(8, descriptor.Limit, IsBigEndian);
        into.PutU32(12, (uint)descriptor.Bits, IsBigEndian);
        return 0;
    }

    /// <summary>A descriptor that is neither empty nor a 32-bit segment is refused.</summary>
    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
    {
        var descriptor = new X86Descriptor(
            from.U32(4, IsBigEndian),
            from.U32(8, IsBigEndian) & 0xfffff,
            (X86DescriptorBits)from.U32(12, IsBigEndian) & Known);
        if (!descriptor.IsEmpty && (descriptor.Bits & X86DescriptorBits.Seg32Bit) == X86DescriptorBits.None)
        {
            return -ErrorNumber.EINVAL;
        }

        descriptor.Store(cpu, regs, slot);
        return 0;
    }
}

/// <summary>The I/O permission bitmap; no task here has one.</summary>
[Immutable]
internal sealed class X86IoPermRegset(string name, int n, int size)
    : Regset(name, n, size, NoteType.NT_386_IOPERM, isBigEndian: false)
{
    /// <inheritdoc/>
    public override bool IsReadOnly => true;

    /// <inheritdoc/>
    public override bool HasActive => true;

    /// <inheritdoc/>
    public override int Active(Cpu cpu, RegisterFile regs) => 0;

    private protected override int GetSlot(Cpu cpu, RegisterFile regs, int slot, Span<byte> into)
        => -ErrorNumber.ENXIO;

    private protected override int SetSlot(Cpu cpu, RegisterFile regs, int slot, ReadOnlySpan<byte> from)
        => -ErrorNumber.EOPNOTSUPP;
}
