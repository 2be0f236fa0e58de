using System.Globalization;
using System.Text;

namespace Sim.Cli.Input;

/// <summary>What somebody typed, made fit for an error message of one line.</summary>
internal static class Quoted
{
    private const int Longest = 60;

    /// <summary>The text in quotes, control characters escaped, the middle left out when it is long.</summary>
    internal static string Of(string text)
    {
        string shown = text.Length <= Longest ? text : text[..40] + "..." + text[^12..];
        var quoted = new StringBuilder("'");
        foreach (char c in shown)
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                quoted.Append(c);
            }
        }

        return quoted.Append('\'').ToString();
    }
}
