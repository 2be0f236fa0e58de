using System.Globalization;

namespace Sim.Properties.X86;

/// <summary>
/// What the comparison with a processor found wrong, one case each, with what the processor did: these need no processor.
/// Where there is one, it is asked again.
/// </summary>
public sealed class X86PinnedTests
{
    private const string ReadOnly = "20001000";
    private const string Straddle = "20000fff";

    /// <summary>A name; the code; what is set; what is expected: words by name, and the signal, its code and address, the trap.</summary>
    public static TheoryData<string, string, string, string> Cases { get; } = new()
    {
        { "add to what cannot be written leaves the flags", "0118", $"rax={ReadOnly} rbx=0 flags=202", "flags=302 b 2 20001000 e" },
        { "xadd [rax],rax", "480fc100", "rax=20000f00", "rax=0 @0=000f002000000000" },
        { "xadd to what cannot be written leaves the register", "0fc118", $"rax={ReadOnly} rbx=5", "rbx=5 b 2 20001000 e" },
        { "a write across two pages faults as a write, at its first byte when that cannot be written", "480118", "rax=20001fff", "b 2 20001fff e" },
        { "a wide store faults at its first byte", "0f1100", "rax=20001000", "b 2 20001000 e" },
        { "a wide store across two pages writes nothing", "0f1100", $"rax={Straddle} xmm0=ffffffffffffffff xmm0+8=ffffffffffffffff", "@f8=0000000000000000 b 2 20001000 e" },
        { "pop to memory that cannot be written leaves the stack pointer", "8f00", $"rax={ReadOnly} rsp=20000f80", "rsp=20000f80 b 2 20001000 e" },
        { "leave of 16 bits", "66c9", "rbp=20000f80 rsp=20000f00", "rbp=20000000 rsp=20000f82" },
        { "push where there can be no stack", "50", "rsp=8000000000000000", "7 80 0 c" },
        { "an operand by rbp is on the stack", "8b4500", "rbp=8000000000000000", "7 80 0 c" },
        { "ret to where nothing can be", "c3", "rsp=20000f80 @80=0000000000000080", "rsp=20000f80 rip=10000100 b 80 0 d" },
        { "jmp to where nothing can be", "ffe0", "rax=8000000000000000", "rip=10000100 b 80 0 d" },
        { "a call finds the bad stack before the bad target", "ffd0", "rax=8000000000000000 rsp=20001010", "rip=10000100 b 2 20001008 e" },
        { "rep traps after every step", "f3a4", "rcx=3 rsi=20000f00 rdi=20000f10", "rcx=2 rsi=20000f01 rdi=20000f11 rip=10000100" },
        { "rep with 32-bit addresses counts in ecx", "67f3aa", "rcx=ffffffff00000001 rdi=ffffffff20000f00", "rcx=0 rdi=20000f01 rip=10000103" },
        { "a far bit test with a 32-bit address", "67480fab08", "rax=0 rcx=ffffffffffffff80", "b 1 fffffff0 e" },
        { "signaling not-a-numbers are invalid and become quiet", "f20f58c1", "xmm0=7ff0000000000001 xmm1=3ff0000000000000", "xmm0=7ff8000000000001 mxcsr=1f81" },
        { "the first not-a-number wins", "f20f58c1", "xmm0=fff8000000000002 xmm1=7ff8000000000003", "xmm0=fff8000000000002 mxcsr=1f80" },
        { "0/0 is the negative not-a-number", "f20f5ec1", "xmm0=0 xmm1=0", "xmm0=fff8000000000000 mxcsr=1f81" },
        { "an inexact sum is noted", "f20f58c1", "xmm0=3ff0000000000000 xmm1=3ca0000000000001", "xmm0=3ff0000000000001 mxcsr=1fa0" },
        { "rounding up", "f20f58c1", "xmm0=3ff0000000000000 xmm1=1 mxcsr=5f80", "xmm0=3ff0000000000001 mxcsr=5fa2" },
        { "rounding down of a conversion", "f20f2dc0", "xmm0=bfe0000000000000 mxcsr=3f80", "rax=ffffffff mxcsr=3fa0" },
        { "denormals are 0", "f20f59c1", "xmm0=1 xmm1=7fe0000000000000 mxcsr=1fc0", "xmm0=0 mxcsr=1fc0" },
        { "tiny results are flushed", "f20f59c1", "xmm0=10000000000000 xmm1=3fe0000000000000 mxcsr=9f80", "xmm0=0 mxcsr=9fb0" },
        { "a division by 0 that is not masked", "f20f5ec1", "xmm0=3ff0000000000000 xmm1=0 mxcsr=1d80", "xmm0=3ff0000000000000 mxcsr=1d84 8 3 10000100 13" },
        { "min of a not-a-number is the second", "f20f5dc1", "xmm0=7ff8000000000000 xmm1=4000000000000000", "xmm0=4000000000000000 mxcsr=1f81" },
        { "ldmxcsr of bits that are not there", "0fae10", "rax=20000f00 @0=0000010000000000", "mxcsr=1f80 b 80 0 d" },
        { "stmxcsr stores what was noted", "0fae18", "rax=20000f00 mxcsr=1fa1", "@0=a11f000000000000" },
        { "enter looks at the new end of the stack", "c8000100", "rsp=20000f80 rbp=5", "rbp=20000f78 rsp=20000e78 @78=0500000000000000" },
        { "cmpxchg16b of what is there", "480fc70b", "rbx=20000f00 rax=0 rdx=0 rcx=7", "@0=000f002000000000 @8=0700000000000000" },
        { "cmpxchg16b of something else", "480fc70b", "rbx=20000f00 rax=1 rdx=0 rcx=7 @8=0500000000000000", "rax=0 rdx=5" },
        { "cmpxchg16b wants 16 bytes on their place", "480fc70b", "rbx=20000f08 rax=0 rdx=0 rcx=7", "b 80 0 d" },
        { "cmpxchg8b", "0fc70b", "rbx=20000f01 rax=0 rdx=0 rcx=7", "@0=00010f0020070000" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_interpreter_does_what_a_processor_did(string name, string code, string set, string expected)
    {
        X86Case one = Case(code, set);
        var simulated = new X86Simulated();
        simulated.Begin(one, traps: true);

        Check(name, one, expected, simulated.Run(1));

        if (X86Processor.IsHere)
        {
            using var processor = new X86Processor();
            Check("on the processor: " + name, one, expected, processor.Run([one])[0][0]);
        }
    }

    [Fact]
    public void The_first_vector_register_that_changes_makes_the_initial_image()
    {
        var simulated = new X86Simulated();
        simulated.Begin(Case("660f76c0", "rax=0"), traps: true);
        simulated.ForgetFloat();

        simulated.Run(1);

        Assert.Equal([0x37f, 0, 0, 0x1f80], simulated.FloatImage());
    }

    private static X86Case Case(string code, string set)
    {
        var state = new X86State();
        byte[] window = new byte[X86Places.WindowSize];
        state[X86State.Ip] = X86Places.Entry;
        state[X86State.Flags] = 0x202;
        state[X86State.Mxcsr] = 0x1f80;
        foreach (string[] pair in set.Split(' ').Select(item => item.Split('=')))
        {
            if (pair[0][0] == '@')
            {
                Convert.FromHexString(pair[1]).CopyTo(window, int.Parse(pair[0][1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
            else
            {
                state[WordOf(pair[0])] = Number(pair[1]);
            }
        }

        byte[] bytes = new byte[X86Places.CodeSize];
        Convert.FromHexString(code).CopyTo(bytes, 0);
        return new X86Case(state, bytes, window, 1);
    }

    private static void Check(string name, X86Case one, string expected, X86Outcome found)
    {
        var numbers = new List<ulong>();
        foreach (string item in expected.Split(' '))
        {
            string[] pair = item.Split('=');
            if (pair.Length == 1)
            {
                numbers.Add(Number(pair[0]));
            }
            else if (pair[0][0] == '@')
            {
                int at = int.Parse(pair[0][1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                Assert.Equal($"{name}: {item}", $"{name}: {pair[0]}={Convert.ToHexStringLower(found.Window.AsSpan(at, 8))}");
            }
            else
            {
                ulong value = found.State[WordOf(pair[0])] & ~(WordOf(pair[0]) == X86State.Flags ? 0x10000UL : 0);
                Assert.Equal($"{name}: {item}", $"{name}: {pair[0]}={value:x}");
            }
        }

        string signal = numbers.Count == 0 ? "completed" : string.Join(' ', numbers.Select(number => number.ToString("x", CultureInfo.InvariantCulture)));
        Assert.Equal(
            $"{name}: {signal}",
            $"{name}: {(found.Completed ? "completed" : string.Create(CultureInfo.InvariantCulture, $"{found.Signal:x} {found.SiCode:x} {found.Address:x} {found.Trap:x}"))}");
        Assert.True(found.Completed || found.State[X86State.Ip] == one.State[X86State.Ip], name);
    }

    private static int WordOf(string name)
        => Enumerable.Range(0, X86State.Words).First(word => string.Equals(X86State.NameOf(word), name, StringComparison.Ordinal));

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
