using System.Collections.Immutable;
using Sim.Machine.Ops;

namespace Sim.Arch;

/// <summary>All register sets of a kind of task. Linux: struct user_regset_view.</summary>
/// <param name="Name">What the kernel calls the view.</param>
/// <param name="EMachine">e_machine of a core dump.</param>
/// <param name="Regsets">The sets, by number.</param>
[Immutable]
public sealed record RegsetView(string Name, int EMachine, ImmutableArray<Regset> Regsets)
{
    /// <summary>e_ident[EI_OSABI] of a core dump: ELFOSABI_NONE everywhere.</summary>
    public int EiOsabi => 0;

    /// <summary>The set with a note type; null when the view has none.</summary>
    public Regset? Find(uint coreNoteType) => Regsets.FirstOrDefault(set => set.CoreNoteType == coreNoteType);
}

/// <summary>Note types of core dumps. Linux: linux/elf.h.</summary>
public static class NoteType
{
    public const uint NT_PRSTATUS = 1;
    public const uint NT_PRFPREG = 2;
    public const uint NT_PRXFPREG = 0x46e62b7f;
    public const uint NT_PPC_VMX = 0x100;
    public const uint NT_PPC_SPE = 0x101;
    public const uint NT_PPC_VSX = 0x102;
    public const uint NT_386_TLS = 0x200;
    public const uint NT_386_IOPERM = 0x201;
}
