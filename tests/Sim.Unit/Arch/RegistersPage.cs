using System.Globalization;
using System.Text;
using Sim.Arch;
using Sim.Arch.PowerPc;
using Sim.Arch.X86_64;
using Sim.Unit.Repository;

namespace Sim.Unit.Arch;

/// <summary>docs/registers.md: both architectures side by side, drawn by running them.</summary>
public sealed partial class RegistersPage
{
    private const int Errors = 4095;
    private const string Head = """
        # Registers

        Drawn by `RegistersPage` from the register models themselves; do not edit. Linux 2.6.32; powerpc is ppc64
        with big-endian memory.

        A cell lists the registers that an action changes. The task is in `read(7, ...)`, and its instruction
        pointer, behind the system call instruction, is 4096.


        """;

    private static readonly (string Title, string Why, Action<Bench> Before, Action<Bench> Action)[] s_actions =
    [
        ("system call entry", "`orig_ax` and `orig_gpr3` keep what the result overwrites", _ => { }, Enter),
        ("the call returns 5", "", Enter, bench => Leave(bench, 5)),
        ("the call returns -EPERM", "powerpc: positive, and CR0.SO in `ccr`", Enter, bench => Leave(bench, -1)),
        ("a tracer writes 99 to argument 0", "", Enter, bench => bench.Syscalls.SetArgument(bench.Cpu, bench.Regs, 0, 99)),
        ("... and aborts the call", "x86 keeps what the tracer wrote, powerpc loses it", EnterAndWrite, Abort),
        ("rollback after that", "powerpc: CR0.SO stays set", Aborted, bench => bench.Syscalls.Rollback(bench.Cpu, bench.Regs)),
        ("set_return_value(-5, 0) after that", "", Aborted, bench => bench.Syscalls.SetReturnValue(bench.Cpu, bench.Regs, -5, 0)),
        ("set_return_value(0, 77) after that", "", Aborted, bench => bench.Syscalls.SetReturnValue(bench.Cpu, bench.Regs, 0, 77)),
        ("a tracer calls set_return_value(0, 77) at the entry", "", Enter, Return),
        ("... and aborts the call", "x86 keeps it, powerpc loses it", bench => Then(bench, Enter, Return), Abort),
        ("a tracer writes -1 for the number", "there is no such call: the way out is that of an abort", Enter, Renumber),
        ("... and rolls back", "x86 then has what the tracer wrote", bench => Then(bench, Enter, Renumber), bench => Then(bench, Abort, b => b.Syscalls.Rollback(b.Cpu, b.Regs))),
    ];

    private static readonly (string Title, Func<ISyscallAbi, Bench, long> Ask)[] s_questions =
    [
        ("get_nr", (abi, bench) => abi.GetNumber(bench.Cpu, bench.Regs)),
        ("get_error", (abi, bench) => abi.GetError(bench.Cpu, bench.Regs)),
        ("get_return_value", (abi, bench) => (long)abi.GetReturnValue(bench.Cpu, bench.Regs)),
    ];

    [Fact]
    public void The_page_says_what_the_models_do()
    {
        var text = new StringBuilder(Head);
        WriteActions(text);
        WriteQuestions(text);
        WriteArguments(text);
        WriteRestarts(text);
        WriteStepping(text);
        WriteRegsets(text);
        string file = Checkout.File("docs/registers.md");
        if (Checkout.IsUpdate)
        {
            File.WriteAllText(file, text.ToString());
        }

        Assert.Equal(text.ToString(), File.ReadAllText(file));
    }

    private static void WriteActions(StringBuilder text)
    {
        text.Append("## Entry, return, abort, rollback\n\n| | x86_64 | powerpc | |\n|---|---|---|---|\n");
        foreach ((string title, string why, Action<Bench> before, Action<Bench> action) in s_actions)
        {
            Row(text, title, [.. Benches().Select(bench => Changes(bench, before, action)), why]);
        }
    }

    private static void WriteQuestions(StringBuilder text)
    {
        text.Append("\n## What a tracer is told at the exit stop\n\n");
        text.Append("| | x86_64: 5 | -EPERM | aborted | powerpc: 5 | -EPERM | aborted |\n|---|---|---|---|---|---|---|\n");
        Action<Bench>[] outcomes =
        [
            bench => Then(bench, Enter, b => Leave(b, 5)),
            bench => Then(bench, Enter, b => Leave(b, -1)),
            Aborted,
        ];
        foreach ((string title, Func<ISyscallAbi, Bench, long> ask) in s_questions)
        {
            Row(text, title, [.. Enumerable.Range(0, 2).SelectMany(i => outcomes.Select(outcome =>
            {
                Bench bench = Benches()[i];
                outcome(bench);
                return Show((ulong)ask(bench.Syscalls, bench));
            }))]);
        }
    }

    private static void WriteRestarts(StringBuilder text)
    {
        (string Name, int Error)[] errors =
        [
            ("ERESTARTSYS", 512), ("ERESTARTNOINTR", 513), ("ERESTARTNOHAND", 514), ("ERESTART_RESTARTBLOCK", 516),
        ];
        (string Name, Action<Bench> Decide)[] deciders =
        [
            ("no handler", bench => bench.Syscalls.RestartWithoutHandler(bench.Cpu, bench.Regs)),
            ("handler", bench => bench.Syscalls.RestartAfterHandler(bench.Cpu, bench.Regs, saRestart: false)),
            ("handler, SA_RESTART", bench => bench.Syscalls.RestartAfterHandler(bench.Cpu, bench.Regs, saRestart: true)),
        ];
        text.Append("\n## Restart\n\n| the call returned | signal | x86_64 | powerpc |\n|---|---|---|---|\n");
        foreach ((string name, int error) in errors)
        {
            foreach ((string signal, Action<Bench> decide) in deciders)
            {
                Row(text, $"-{name}", [signal, .. Benches().Select(bench =>
                    Changes(bench, b => Then(b, Enter, c => Leave(c, -error)), decide))]);
            }
        }
    }

    private static Bench[] Benches()
    {
        Bench[] benches = [Bench.X86(), Bench.Ppc64()];
        foreach (Bench bench in benches)
        {
            bench.Architecture.SetInstructionPointer(bench.Cpu, bench.Regs, 4096);
        }

        (benches[0][X86Registers.Ax], benches[0][X86Registers.Di]) = (0, 7);
        (benches[1][PowerPcRegisters.Gpr], benches[1][PowerPcRegisters.Gpr3]) = (3, 7);
        return benches;
    }

    private static void Enter(Bench bench) => bench.Syscalls.Enter(bench.Cpu, bench.Regs);

    private static void Leave(Bench bench, long result) => bench.Syscalls.Leave(bench.Cpu, bench.Regs, result);

    private static void Return(Bench bench) => bench.Syscalls.SetReturnValue(bench.Cpu, bench.Regs, 0, 77);

    private static void Renumber(Bench bench) => bench.Syscalls.SetNumber(bench.Cpu, bench.Regs, -1);

    private static void Abort(Bench bench) => bench.Syscalls.Abort(bench.Cpu, bench.Regs);

    private static void EnterAndWrite(Bench bench)
        => Then(bench, Enter, b => b.Syscalls.SetArgument(b.Cpu, b.Regs, 0, 99));

    private static void Aborted(Bench bench) => Then(bench, EnterAndWrite, Abort);

    private static void Then(Bench bench, Action<Bench> first, Action<Bench> second)
    {
        first(bench);
        second(bench);
    }

    private static string Changes(Bench bench, Action<Bench> before, Action<Bench> action)
    {
        IReadOnlyList<string> names = bench.Architecture.IsBigEndian ? PowerPcRegisters.Names : X86Registers.Names;
        before(bench);
        ulong[] old = bench.Words(0, names.Count);
        action(bench);
        string[] changes = [.. Enumerable.Range(0, names.Count).Where(i => old[i] != bench[i])
            .Select(i => $"`{names[i]}` = {Show(bench[i], names[i])}")];
        return changes.Length == 0 ? "nothing" : string.Join(", ", changes);
    }

    private static string Show(ulong value, string name = "") => name is "ccr" or "trap"
        ? $"0x{value:x}"
        : ((long)value is >= -Errors and <= 4096 ? (long)value : throw new InvalidOperationException(name))
            .ToString(CultureInfo.InvariantCulture);

    private static void Row(StringBuilder text, string title, string[] cells)
        => text.Append(CultureInfo.InvariantCulture, $"| {title} | {string.Join(" | ", cells)} |\n");
}
