using System.Globalization;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>The names of x86_64 registers.</summary>
internal static class X86Registers
{
    /// <summary>The whole register of which a name means a part; tests do not mix sizes.</summary>
    internal static string Whole(string name)
    {
        string lower = name.TrimStart('%').ToLowerInvariant();
        return lower switch
        {
            ['e', _, _] => "r" + lower[1..],
            ['r', _, 'd'] or ['r', _, _, 'd'] => lower[..^1],
            _ => lower,
        };
    }

    /// <summary>Whether a name means a general register.</summary>
    internal static bool IsOne(string name)
    {
        string whole = Whole(name);
        return whole is "rax" or "rbx" or "rcx" or "rdx" or "rsi" or "rdi" or "rbp" or "rsp" ||
            (whole.Length is 2 or 3 && whole[0] == 'r' && int.TryParse(whole.AsSpan(1), CultureInfo.InvariantCulture, out int number) && number is >= 8 and <= 15);
    }
}
