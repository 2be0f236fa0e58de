using Sim.Arch;
using Sim.Machine.Ops;
using Sim.Machine.Processors;

namespace Sim.Kernel.Syscalls;

/// <summary>How much of a call is there.</summary>
public enum SupportLevel
{
    /// <summary>It answers ENOSYS.</summary>
    None,

    /// <summary>What the note says is missing.</summary>
    Partial,

    /// <summary>What the manual page says.</summary>
    Full,
}

/// <summary>The arguments of a system call, as registers have them.</summary>
/// <param name="Numbering">Which programs the caller is one of.</param>
/// <param name="A">The first.</param>
/// <param name="B">The second.</param>
/// <param name="C">The third.</param>
/// <param name="D">The fourth.</param>
/// <param name="E">The fifth.</param>
/// <param name="F">The sixth.</param>
[Immutable]
public readonly record struct SyscallArguments(
    SyscallNumbering Numbering, long A = 0, long B = 0, long C = 0, long D = 0, long E = 0, long F = 0)
{
    /// <summary>How the caller lays structures out.</summary>
    public UserLayout Layout => new(
        Numbering is SyscallNumbering.X86_64 or SyscallNumbering.Ppc64 ? 8 : 4,
        Numbering is SyscallNumbering.Ppc64 or SyscallNumbering.Ppc32);
}

/// <summary>One row of the system call table.</summary>
/// <param name="Name">What the kernel calls it, without <c>sys_</c>.</param>
/// <param name="Level">How much of it is there.</param>
/// <param name="Routine">Decodes the arguments and does it; answers 0 or more, or a negated error.</param>
/// <param name="Pointers">Which arguments are user addresses: "AB" for the first and the second.</param>
/// <param name="Note">What is missing, or who has it.</param>
[Immutable]
public sealed record SystemCall(
    string Name,
    SupportLevel Level,
    Func<Cpu, SyscallArguments, Op<long>>? Routine,
    string Pointers = "",
    string Note = "")
{
    internal static SystemCall Full(string name, Func<Cpu, SyscallArguments, Op<long>> routine, string pointers = "")
        => new(name, SupportLevel.Full, routine, pointers);

    internal static SystemCall Partial(
        string name, Func<Cpu, SyscallArguments, Op<long>> routine, string note, string pointers = "")
        => new(name, SupportLevel.Partial, routine, pointers, note);

    internal static SystemCall None(string name, string note) => new(name, SupportLevel.None, null, "", note);
}
