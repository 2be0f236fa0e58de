using System.Collections.Immutable;

namespace Sim.Scenarios.Oracle.Logs;

/// <summary>The format of a <c>log</c> statement: text with places for values (<c>%s</c>, <c>%d</c>, <c>%ld</c>, <c>%lx</c>).</summary>
internal static class LogFormat
{
    /// <summary>
    /// The values that make a text of a format, each as short as possible; the default array if there are none.
    /// A header writes one blank where the recorder may have written several.
    /// </summary>
    internal static ImmutableArray<string> Match(string format, string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return MatchSpaced(format, string.Join(' ', words));
    }

    private static ImmutableArray<string> MatchSpaced(string format, string text)
    {
        ImmutableArray<string> pieces = Pieces(format);
        if (!text.StartsWith(pieces[0], StringComparison.Ordinal))
        {
            return default;
        }

        var values = ImmutableArray.CreateBuilder<string>();
        int at = pieces[0].Length;
        for (int i = 1; i < pieces.Length; i++)
        {
            bool last = i == pieces.Length - 1;
            int end = last ? text.Length - pieces[i].Length : text.IndexOf(pieces[i], at, StringComparison.Ordinal);
            if (end < at || !text.AsSpan(end).StartsWith(pieces[i], StringComparison.Ordinal))
            {
                return default;
            }

            values.Add(text[at..end]);
            at = end + pieces[i].Length;
        }

        return at == text.Length ? values.ToImmutable() : default;
    }

    /// <summary>The text between the places.</summary>
    private static ImmutableArray<string> Pieces(string format)
    {
        var pieces = ImmutableArray.CreateBuilder<string>();
        int from = 0;
        for (int at = format.IndexOf('%', StringComparison.Ordinal); at >= 0; at = format.IndexOf('%', from))
        {
            pieces.Add(format[from..at]);
            at++;
            while (at < format.Length && (format[at] is 'l' or 'z' or '-' || char.IsAsciiDigit(format[at])))
            {
                at++;
            }

            from = Math.Min(at + 1, format.Length);
        }

        pieces.Add(format[from..]);
        return pieces.ToImmutable();
    }
}
