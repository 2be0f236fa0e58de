using System.Collections.Frozen;
using Sim.Arch;
using Sim.Kernel.Abi;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Syscalls;

/// <summary>
/// From a number to a routine. Source: arch/x86/kernel/syscall_table_64.c, kernel/sys_ni.c. A call that is not
/// there answers ENOSYS and is noted in the trace, once per machine.
/// </summary>
public sealed class SyscallDispatch : MachineObject
{
    private const int BitsPerWord = 64;
    private const int NotedNumbers = 512;
    private static readonly FrozenDictionary<string, SystemCall> s_calls =
        AllCalls.List.ToFrozenDictionary(call => call.Name, StringComparer.Ordinal);

    private readonly Ghost<long>[] _noted;

    internal SyscallDispatch(LinuxKernel kernel)
        : base(kernel, "syscalls", 0, "sys_call_table")
        => _noted = [.. Enumerable.Range(0, NotedNumbers / BitsPerWord)
            .Select(word => new Ghost<long>(this, FormattableString.Invariant($"noted[{word}]")))];

    /// <summary>A call that came with a later release and is here all the same.</summary>
    private static readonly SyscallEntry s_getrandom = new("getrandom", 318, 355, 359, 359, "3.17", "-");

    /// <summary>The number of a call; -1 when programs of that kind have no such call.</summary>
    public static int NumberOf(SyscallNumbering numbering, string name) => EntryOf(name)?.Number(numbering) ?? -1;

    /// <summary>The numbers of a call; null when there is none of that name.</summary>
    public static SyscallEntry? EntryOf(string name)
        => string.Equals(name, s_getrandom.Name, StringComparison.Ordinal) ? s_getrandom : SyscallTable.Linux2632.Find(name);

    /// <summary>The row of a name; null when 2.6.32 has no such call.</summary>
    public static SystemCall? Find(string name)
        => s_calls.TryGetValue(name, out SystemCall? call)
            ? call
            : EntryOf(name) is null ? null : SystemCall.None(name, "");

    /// <summary>The row of a number; null when 2.6.32 has no such call.</summary>
    public static SystemCall? Find(SyscallNumbering numbering, int number)
    {
        SyscallEntry? entry = number == s_getrandom.Number(numbering)
            ? s_getrandom
            : SyscallTable.Linux2632.Find(numbering, number);
        return entry is null ? null : Find(entry.Name);
    }

    /// <summary>Runs the call of a number.</summary>
    /// <returns>What the routine answers; -ENOSYS when there is none.</returns>
    /// <remarks>Context: current, between the entry and the exit of a system call; may sleep. Locks: none.</remarks>
    public Op<long> Run(Cpu cpu, int number, SyscallArguments arguments)
        => Find(arguments.Numbering, number) is { Routine: { } routine }
            ? routine(cpu, arguments)
            : Refuse(cpu, number, arguments.Numbering);

    /// <summary>sys_ni_syscall().</summary>
    private async Op<long> Refuse(Cpu cpu, int number, SyscallNumbering numbering)
    {
        int place = number is >= 0 and < NotedNumbers - 1 ? number : NotedNumbers - 1;
        long bit = 1L << (place % BitsPerWord);
        if ((await cpu.Rmw(_noted[place / BitsPerWord], RmwKind.Or, bit) & bit) == 0)
        {
            string name = Find(numbering, number)?.Name ?? "no such call";
            cpu.Note(FormattableString.Invariant($"-- {cpu.Task()}: system call {number} of {numbering} ({name}) is not supported --"));
        }

        return -(long)Errno.ENOSYS;
    }
}
