using Sim.Machine.Processors;

namespace Sim.Arch.X86_64;

/// <summary>A thread-local descriptor of the GDT as struct user_desc describes it.</summary>
/// <param name="Base">base_addr.</param>
/// <param name="Limit">limit.</param>
/// <param name="Bits">The bit fields.</param>
internal readonly record struct X86Descriptor(uint Base, uint Limit, X86DescriptorBits Bits)
{
    /// <summary>What an empty descriptor reads as; LDT_empty().</summary>
    private const X86DescriptorBits Empty = X86DescriptorBits.ReadExecOnly | X86DescriptorBits.NotPresent;

    internal bool IsEmpty => Base == 0 && Limit == 0 && (Bits & ~X86DescriptorBits.LongMode) == Empty;

    /// <summary>What set_32bit_tls() makes: all of memory from a base.</summary>
    internal static X86Descriptor OfBase(uint address)
        => new(
            address,
            0xfffff,
            X86DescriptorBits.Seg32Bit | X86DescriptorBits.LimitInPages | X86DescriptorBits.Useable);

    internal static X86Descriptor Load(Cpu cpu, RegisterFile regs, int slot)
    {
        ulong first = regs.Get(cpu, X86Registers.Tls + (2 * slot));
        ulong second = regs.Get(cpu, X86Registers.Tls + (2 * slot) + 1);
        return new X86Descriptor((uint)first, (uint)(first >> 32), (X86DescriptorBits)second ^ Empty);
    }

    /// <summary>Kept so that an empty descriptor is two words of 0.</summary>
    internal void Store(Cpu cpu, RegisterFile regs, int slot)
    {
        X86DescriptorBits bits = IsEmpty ? Empty : Bits;
        regs.Set(cpu, X86Registers.Tls + (2 * slot), ((ulong)Limit << 32) | Base);
        regs.Set(cpu, X86Registers.Tls + (2 * slot) + 1, (ulong)(bits ^ Empty));
    }
}

/// <summary>The bit fields of struct user_desc.</summary>
[Flags]
internal enum X86DescriptorBits
{
    None = 0,
    Seg32Bit = 1,
    ExpandsDown = 2,
    Code = 4,
    ReadExecOnly = 8,
    LimitInPages = 0x10,
    NotPresent = 0x20,
    Useable = 0x40,
    LongMode = 0x80,
}
