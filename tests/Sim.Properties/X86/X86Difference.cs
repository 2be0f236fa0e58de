using System.Globalization;
using System.Text;
using Iced.Intel;

namespace Sim.Properties.X86;

/// <summary>Compares the interpreter with the processor, instruction by instruction.</summary>
internal sealed class X86Difference(X86Simulated simulated)
{
    /// <summary>RF: set in what a fault saves, and not compared.</summary>
    private const ulong Resume = 0x10000;

    /// <summary>Instructions compared.</summary>
    internal long Compared { get; private set; }

    /// <summary>Whether the last case left nothing undefined, did not look at the trap flag, and stepped through no string instruction.</summary>
    internal bool IsDefined { get; private set; }

    /// <summary>What differs when the instructions are run at once, without the trap flag.</summary>
    internal string? AtOnce(X86Case one, List<X86Outcome> processor)
    {
        simulated.Begin(one, traps: false);
        X86Outcome last = processor[^1];
        X86Outcome found = simulated.Run(processor.Count);
        ulong ignored = Resume | (ulong)Sim.Arch.X86_64.X86Flags.Tf;
        found.State[X86State.Flags] = (found.State[X86State.Flags] & ~ignored) | (last.State[X86State.Flags] & ignored);
        if (last.Completed)
        {
            found = found with { Signal = last.Signal, SiCode = last.SiCode, Trap = last.Trap };
        }

        return Text(last, found) is { } text ? $"at once: {Convert.ToHexString(one.Code)}{text}\n  before:{one.State}\n" : null;
    }

    /// <summary>What differs, with the instruction and its inputs; null when nothing does.</summary>
    internal string? Of(X86Case one, List<X86Outcome> processor, HashSet<Code> seen, out Code code)
    {
        code = default;
        X86State before = one.State;
        IsDefined = true;
        simulated.Begin(one, traps: true);
        foreach (X86Outcome expected in processor)
        {
            X86Outcome found = simulated.Run(1);
            Instruction instruction = Decode(one, before[X86State.Ip]);
            code = instruction.Code;
            seen.Add(code);
            if (X86Undefined.Result(in instruction, before, expected.State))
            {
                IsDefined = false;
                return null;
            }

            IsDefined &= !instruction.IsStringInstruction && instruction.Mnemonic is not (Mnemonic.Pushf or Mnemonic.Pushfq or Mnemonic.Popf or Mnemonic.Popfq) &&
                (!expected.Completed || X86Undefined.Flags(in instruction, before) == 0);
            ulong undefined = (expected.Completed ? X86Undefined.Flags(in instruction, before) : 0) | Resume;
            found.State[X86State.Flags] = (found.State[X86State.Flags] & ~undefined) | (expected.State[X86State.Flags] & undefined);
            Compared++;
            if (Text(expected, found) is { } text)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{code}: {instruction}  [{Convert.ToHexString(one.Code.AsSpan(0, Math.Min(X86Places.CodeSize, instruction.Length)))}]{text}\n  before:{before}\n  window: {Convert.ToHexString(one.Window)}\n");
            }

            if (instruction.Mnemonic is Mnemonic.Popf or Mnemonic.Popfq)
            {
                // sigreturn does not set again all flags that popf may have set.
                return null;
            }

            simulated.Put(found.State);
            before = found.State;
        }

        return null;
    }

    private static Instruction Decode(X86Case one, ulong ip)
    {
        ulong at = ip - X86Places.Entry;
        return at < X86Places.CodeSize ? Iced.Intel.Decoder.Create(64, one.Code[(int)at..], ip).Decode() : default;
    }

    private static string? Text(X86Outcome processor, X86Outcome interpreter)
    {
        var text = new StringBuilder();
        for (int i = 0; i < X86State.Words; i++)
        {
            if (processor.State[i] != interpreter.State[i])
            {
                text.Append(CultureInfo.InvariantCulture, $"\n  {X86State.NameOf(i)}: processor {processor.State[i]:x}, interpreter {interpreter.State[i]:x}");
            }
        }

        (int, int, ulong) expected = (processor.Signal, processor.SiCode, processor.Completed ? 0 : processor.Address);
        (int, int, ulong) found = (interpreter.Signal, interpreter.SiCode, interpreter.Completed ? 0 : interpreter.Address);

        // Some hypervisors answer addresses of the kernel's half with a general protection fault.
        bool isKernelHalf = interpreter.Trap == 14 && interpreter.Address >> 63 != 0 && processor.Trap == 13;
        if (!isKernelHalf && (expected != found || processor.Trap != interpreter.Trap))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  signal: processor {expected:x} trap {processor.Trap}, interpreter {found:x} trap {interpreter.Trap}");
        }

        if (!processor.Window.AsSpan().SequenceEqual(interpreter.Window))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  window: processor {Convert.ToHexString(processor.Window)}\n     interpreter {Convert.ToHexString(interpreter.Window)}");
        }
        else if (processor.Page != interpreter.Page)
        {
            text.Append("\n  memory below the window");
        }

        return text.Length == 0 ? null : text.ToString();
    }
}
