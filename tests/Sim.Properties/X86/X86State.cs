using System.Globalization;
using System.Text;

namespace Sim.Properties.X86;

/// <summary>The registers, as <c>step.c</c> lays them out: 16 general ones, ip, flags, 16 of two words, MXCSR.</summary>
internal sealed class X86State
{
    internal const int Words = 51;
    internal const int Ip = 16;
    internal const int Flags = 17;
    internal const int Xmm = 18;
    internal const int Mxcsr = 50;

    private static readonly string[] s_names =
        ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip", "flags"];

    private readonly ulong[] _words;

    internal X86State()
        : this(new ulong[Words])
    {
    }

    private X86State(ulong[] words) => _words = words;

    internal ulong this[int word]
    {
        get => _words[word];
        set => _words[word] = value;
    }

    internal Span<ulong> Span => _words;

    internal X86State Copy() => new([.. _words]);

    internal static string NameOf(int word) => word switch
    {
        <= Flags => s_names[word],
        Mxcsr => "mxcsr",
        _ => string.Create(CultureInfo.InvariantCulture, $"xmm{(word - Xmm) / 2}{((word - Xmm) % 2 == 0 ? "" : "+8")}"),
    };

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Words; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(i % 6 == 0 ? "\n    " : "  ")}{NameOf(i)}={_words[i]:x}");
        }

        return text.ToString();
    }
}
