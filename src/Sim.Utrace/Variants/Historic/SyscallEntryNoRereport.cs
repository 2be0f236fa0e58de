using Sim.Machine.Ops;

namespace Sim.Utrace.Variants.Historic;

/// <summary>Autumn 2009: the entry of a system call is reported once.</summary>
[Immutable]
internal sealed class SyscallEntryNoRereport()
    : UtraceVariant("syscall-entry-no-rereport", "the entry of a system call is reported once")
{
    internal override bool RepeatsSyscallEntry => false;
}
