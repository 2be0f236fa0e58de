using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;

namespace Sim.Unit.Arch;

/// <summary>Arguments, stepping and regsets of the page.</summary>
public sealed partial class RegistersPage
{
    private static readonly string[] s_kinds = ["x86_64", "i386", "ppc64", "ppc compat"];

    /// <summary>The register that each argument is read from, found by changing one after the other.</summary>
    private static void WriteArguments(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## Arguments\n\n| | {string.Join(" | ", s_kinds)} |\n|---|---|---|---|---|\n");
        for (int i = 0; i < 6; i++)
        {
            int index = i;
            Row(text, $"argument {index}", [.. s_kinds.Select(kind => Sources(kind, b => b.Syscalls.GetArgument(b.Cpu, b.Regs, index)))]);
        }

        Row(text, "get_nr", [.. s_kinds.Select(kind => Sources(kind, b => (ulong)(long)b.Syscalls.GetNumber(b.Cpu, b.Regs)))]);
        Row(text, "get_error", [.. s_kinds.Select(kind => Sources(kind, b => (ulong)b.Syscalls.GetError(b.Cpu, b.Regs)))]);
        Row(text, "get_return_value", [.. s_kinds.Select(kind => Sources(kind, b => b.Syscalls.GetReturnValue(b.Cpu, b.Regs)))]);
        text.Append("\nThe argument 0xfffffffffffffff9 of a 64-bit register is read as:\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", s_kinds)} |\n|---|---|---|---|---|\n");
        Row(text, "argument 5", [.. s_kinds.Select(kind =>
        {
            Bench bench = InCall(kind);
            bench[Word(bench, Sources(kind, b => b.Syscalls.GetArgument(b.Cpu, b.Regs, 5)))] = unchecked((ulong)-7L);
            return $"0x{bench.Syscalls.GetArgument(bench.Cpu, bench.Regs, 5):x}";
        })]);
    }

    private static void WriteStepping(StringBuilder text)
    {
        (string Title, Action<Bench> Before, Action<Bench> Action)[] rows =
        [
            ("enable_single_step()", _ => { }, bench => bench.SingleStep()),
            ("enable_block_step()", _ => { }, bench => bench.BlockStep()),
            ("single after block", bench => bench.BlockStep(), bench => bench.SingleStep()),
            ("the trap of a step", bench => bench.SingleStep(), Trap),
            ("the trap of a block step", bench => bench.BlockStep(), Trap),
            ("disable after single", bench => bench.SingleStep(), Disable),
            ("disable after block", bench => bench.BlockStep(), Disable),
            ("a step into a system call", bench => bench.SingleStep(), bench => bench.Architecture.Stepping.TrapAtSyscallEntry(bench.Cpu, bench.Regs)),
        ];
        text.Append("\n## Stepping\n\nFlags in hexadecimal, as they are afterwards.\n\n| | x86_64 | powerpc |\n|---|---|---|\n");
        foreach ((string title, Action<Bench> before, Action<Bench> action) in rows)
        {
            Row(text, title, [.. Benches().Select(bench => Bits(bench, before, action))]);
        }

        static void Trap(Bench bench) => bench.Architecture.Stepping.TrapInUserMode(bench.Cpu, bench.Regs);

        static void Disable(Bench bench) => bench.Architecture.Stepping.Disable(bench.Cpu, bench.Regs);
    }

    private static void WriteRegsets(StringBuilder text)
    {
        text.Append("\n## Regsets\n\n| view | e_machine | regset | note type | n | size | bias | |\n|---|---|---|---|---|---|---|---|\n");
        foreach (Bench bench in s_kinds.Append("ppc32").Select(Bench.Of))
        {
            foreach (Regset set in bench.View.Regsets)
            {
                string notes = (set.IsReadOnly ? "read only " : "") + (set.HasActive ? "active" : "");
                Row(text, bench.View.Name,
                [
                    bench.View.EMachine.ToString(CultureInfo.InvariantCulture),
                    set.Name,
                    $"0x{set.CoreNoteType:x}",
                    set.N.ToString(CultureInfo.InvariantCulture),
                    set.Size.ToString(CultureInfo.InvariantCulture),
                    set.Bias.ToString(CultureInfo.InvariantCulture),
                    notes.Trim(),
                ]);
            }
        }
    }

    /// <summary>A task in a system call that has failed, with something in every register.</summary>
    private static Bench InCall(string kind)
    {
        Bench bench = Bench.Of(kind);
        bench.Syscalls.Enter(bench.Cpu, bench.Regs);
        bench.Syscalls.Leave(bench.Cpu, bench.Regs, -5);
        return bench;
    }

    private static string Sources(string kind, Func<Bench, ulong> read)
    {
        ImmutableArray<string> names = NamesOf(Bench.Of(kind));
        ulong plain = read(InCall(kind));
        return string.Join(", ", Enumerable.Range(0, names.Length).Where(word =>
        {
            // The mode that the task is in says how its registers are read; it is not one of them.
            if (names[word] is "msr" or "thread_flags" or "status")
            {
                return false;
            }

            Bench bench = InCall(kind);
            bench[word] ^= names[word] is "ccr" ? 0x10000000UL : names[word] is "trap" ? 0x100UL : 3;
            return read(bench) != plain;
        }).Select(word => $"`{names[word]}`"));
    }

    private static int Word(Bench bench, string source) => NamesOf(bench).IndexOf(source.Trim('`'));

    private static ImmutableArray<string> NamesOf(Bench bench)
        => bench.Architecture.IsBigEndian ? PowerPcRegisters.Names : X86Registers.Names;

    private static string Bits(Bench bench, Action<Bench> before, Action<Bench> action)
    {
        (string Name, int Word)[] words =
        [
            .. NamesOf(bench).Select((name, word) => (name, word)),
            .. bench.Architecture.IsBigEndian
                ? new[] { ("thread flags", PowerPcRegisters.ThreadFlags) }
                : [("thread flags", X86Registers.ThreadFlags), ("debugctl", X86Registers.DebugCtl)],
        ];
        before(bench);
        ulong[] old = [.. words.Select(word => bench[word.Word])];
        action(bench);
        string[] changes = [.. words.Where((word, i) => old[i] != bench[word.Word]).Select(word => $"`{word.Name}` = 0x{bench[word.Word]:x}")];
        return changes.Length == 0 ? "nothing" : string.Join(", ", changes);
    }
}
