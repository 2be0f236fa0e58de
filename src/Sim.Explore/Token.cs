using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sim.Machine.State;

namespace Sim.Explore;

/// <summary>A schedule token cannot be read; the message is one line that says why.</summary>
public sealed class TokenException(string message) : Exception(message);

/// <summary>
/// A schedule with everything that is needed to run it again, as one printable word:
/// <c>s1:scenario:parameters:memory:variant:without:steps</c>. The last part packs the runs of the
/// schedule, the identity of the last state, and a checksum over the whole word.
/// </summary>
public sealed record Token(
    string Scenario,
    IReadOnlyList<KeyValuePair<string, int>> Parameters,
    string Memory,
    string Variant,
    IReadOnlyList<string> Without,
    Schedule Schedule,
    ulong EndState)
{
    private const string Version = "s1";
    private const int MaxSteps = 10_000_000;

    /// <summary>The token as one word without blanks.</summary>
    public string Encode()
    {
        string head = string.Join(':', Version, Scenario, ParameterText(), Memory, Variant, string.Join(',', Without));
        var bytes = new List<byte>();
        WriteRuns(bytes);
        bytes.AddRange(BitConverter.GetBytes(EndState));
        bytes.AddRange(BitConverter.GetBytes(Checksum(head, bytes)));
        return $"{head}:{Base64Url.EncodeToString(bytes.ToArray())}";
    }

    /// <summary>Reads a token.</summary>
    /// <exception cref="TokenException">It is garbage, cut short, or from another version.</exception>
    public static Token Decode(string text)
    {
        string[] parts = text.Trim().Split(':');
        if (parts[0].Length is < 2 or > 4 || parts[0][0] != 's' || !parts[0][1..].All(char.IsAsciiDigit))
        {
            throw new TokenException("this is not a schedule token");
        }

        if (!string.Equals(parts[0], Version, StringComparison.Ordinal))
        {
            throw new TokenException($"this token is of version {parts[0]}; this program reads {Version}");
        }

        if (parts.Length != 7)
        {
            throw new TokenException("this token is cut short or damaged");
        }

        byte[] bytes = Bytes(parts[6]);
        if (bytes.Length < 12 ||
            BitConverter.ToUInt32(bytes, bytes.Length - 4) !=
                Checksum(string.Join(':', parts[..6]), bytes.AsSpan(0, bytes.Length - 4).ToArray()))
        {
            throw new TokenException("this token is cut short or damaged");
        }

        return new Token(
            parts[1],
            ParseParameters(parts[2]),
            parts[3],
            parts[4],
            parts[5].Length == 0 ? [] : parts[5].Split(','),
            ReadRuns(bytes.AsSpan(0, bytes.Length - 12)),
            BitConverter.ToUInt64(bytes, bytes.Length - 12));
    }

    private static byte[] Bytes(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            throw new TokenException("this token is cut short or damaged");
        }
    }

    private static uint Checksum(string head, IEnumerable<byte> bytes)
    {
        ulong hash = StateHash.OfText(head);
        foreach (byte b in bytes)
        {
            hash = StateHash.Mix(hash, b);
        }

        return (uint)(hash >> 32);
    }

    private string ParameterText()
    {
        var text = new StringBuilder();
        foreach ((string name, int value) in Parameters)
        {
            text.Append(text.Length == 0 ? "" : ",")
                .Append(CultureInfo.InvariantCulture, $"{name}={value}");
        }

        return text.ToString();
    }

    private static List<KeyValuePair<string, int>> ParseParameters(string text)
    {
        var parameters = new List<KeyValuePair<string, int>>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !int.TryParse(part[(equals + 1)..], CultureInfo.InvariantCulture, out int value))
            {
                throw new TokenException("this token is cut short or damaged");
            }

            parameters.Add(new(part[..equals], value));
        }

        return parameters;
    }

    /// <summary>Runs of steps of one process: process and whether alternatives follow, length, alternatives.</summary>
    private void WriteRuns(List<byte> bytes)
    {
        IReadOnlyList<Choice> choices = Schedule.Choices;
        for (int i = 0; i < choices.Count;)
        {
            int end = i + 1;
            bool hasAlternative = choices[i].Alternative != 0;
            while (!hasAlternative && end < choices.Count && choices[end] == choices[i])
            {
                end++;
            }

            WriteNumber(bytes, (choices[i].Process * 2) + (hasAlternative ? 1 : 0));
            WriteNumber(bytes, hasAlternative ? choices[i].Alternative : end - i);
            i = end;
        }
    }

    private static Schedule ReadRuns(ReadOnlySpan<byte> bytes)
    {
        var choices = new List<Choice>();
        while (!bytes.IsEmpty)
        {
            int head = ReadNumber(ref bytes);
            int count = ReadNumber(ref bytes);
            if ((head & 1) != 0)
            {
                choices.Add(new Choice(head / 2, count));
                continue;
            }

            if (choices.Count + (long)count > MaxSteps)
            {
                throw new TokenException("this token is cut short or damaged");
            }

            for (int i = 0; i < count; i++)
            {
                choices.Add(new Choice(head / 2, 0));
            }
        }

        return new Schedule(choices);
    }

    private static void WriteNumber(List<byte> bytes, int number)
    {
        for (uint rest = (uint)number; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                bytes.Add((byte)rest);
                return;
            }

            bytes.Add((byte)(rest | 0x80));
        }
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        uint number = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (bytes.IsEmpty)
            {
                break;
            }

            byte b = bytes[0];
            bytes = bytes[1..];
            number |= (uint)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return (int)(number & int.MaxValue);
            }
        }

        throw new TokenException("this token is cut short or damaged");
    }
}
