using Sim.Kernel.Memory;
using Sim.Machine.Ops;

namespace Sim.Kernel.Loading;

/// <summary>A PT_LOAD program header.</summary>
/// <param name="Address">p_vaddr, with the bias of a position-independent program.</param>
/// <param name="Offset">p_offset.</param>
/// <param name="FileSize">p_filesz.</param>
/// <param name="MemorySize">p_memsz.</param>
/// <param name="Protection">p_flags.</param>
[Immutable]
public readonly record struct ElfSegment(
    ulong Address, ulong Offset, ulong FileSize, ulong MemorySize, Protection Protection);
