using System.Globalization;

namespace Sim.Properties.PowerPc;

/// <summary>Whether two outcomes of a case agree.</summary>
internal static class PowerPcDifference
{
    /// <summary>SO, OV, CA and the length of strings: the other bits are reserved, and qemu keeps what is written to them.</summary>
    private const ulong XerBits = 0xe000_007f;

    /// <summary>Where addresses of the host's programs end: qemu does not know what lies behind, and says 0.</summary>
    private const ulong UserEnd = 1UL << 47;

    /// <summary>The first word that differs, for people; null when none does.</summary>
    internal static string? Of(PowerPcCase one, PowerPcOutcome expected, PowerPcOutcome found)
    {
        PowerPcUndefined open = one.Code.Length == 1 ? PowerPcUndefined.Of(one.Code[0], one.State) : default;
        int target = (int)(one.Code[0] >> 21) & 31;
        for (int i = 0; i < PowerPcState.Words; i++)
        {
            ulong ignored = i == target ? open.General
                : i == PowerPcState.Float + target ? open.Float
                : i == PowerPcState.Cr ? open.Cr
                : i == PowerPcState.Xer ? ~XerBits
                : 0;
            if (((expected.State[i] ^ found.State[i]) & ~ignored) != 0)
            {
                return Text(one, NameOf(i), expected.State[i], found.State[i]);
            }
        }

        if (((expected.Fpscr ^ found.Fpscr) & ~open.Fpscr) != 0)
        {
            return Text(one, "fpscr", expected.Fpscr, found.Fpscr);
        }

        if (expected.Nip != found.Nip)
        {
            return Text(one, "nip", expected.Nip, found.Nip);
        }

        // After a fetch that fails qemu says the address of some access before it.
        bool knowsAddress = found.Address < UserEnd && found.Nip - PowerPcPlaces.Code < PowerPcPlaces.Page;
        if (expected.Signal != found.Signal || expected.SiCode != found.SiCode || (knowsAddress && expected.Address != found.Address))
        {
            return Text(one, FormattableString.Invariant($"signal {expected.Signal}/{expected.SiCode}, is {found.Signal}/{found.SiCode}; address"), expected.Address, found.Address);
        }

        for (int i = 0; i < PowerPcPlaces.WindowWords; i++)
        {
            if (expected.Window[i] != found.Window[i])
            {
                return Text(one, FormattableString.Invariant($"memory word {i}"), expected.Window[i], found.Window[i]);
            }
        }

        return expected.Sum == found.Sum ? null : Text(one, "memory", expected.Sum, found.Sum);
    }

    private static string NameOf(int word) => word switch
    {
        < 32 => FormattableString.Invariant($"r{word}"),
        PowerPcState.Cr => "cr",
        PowerPcState.Xer => "xer",
        PowerPcState.Ctr => "ctr",
        PowerPcState.Link => "lr",
        _ => FormattableString.Invariant($"f{word - PowerPcState.Float}"),
    };

    private static string Text(PowerPcCase one, string what, ulong expected, ulong found)
    {
        string code = string.Join(' ', one.Code.Select(word => word.ToString("x8", CultureInfo.InvariantCulture)));
        IEnumerable<string> operands = one.Code.SelectMany(word => new[] { (word >> 21) & 31, (word >> 16) & 31, (word >> 11) & 31, (word >> 6) & 31 })
            .Distinct().Select(r => FormattableString.Invariant($"r{r}={one.State[r]:x} f{r}={one.State[PowerPcState.Float + r]:x}"));
        return FormattableString.Invariant(
            $"{code}: {what} should be {expected:x}, is {found:x}; cr={one.State[PowerPcState.Cr]:x} xer={one.State[PowerPcState.Xer]:x} ctr={one.State[PowerPcState.Ctr]:x} fpscr={(uint)one.State[PowerPcState.Float + 31]:x} {string.Join(' ', operands)}");
    }
}
