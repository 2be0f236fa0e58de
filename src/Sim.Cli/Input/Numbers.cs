using System.Globalization;

namespace Sim.Cli.Input;

/// <summary>Reads the numbers of options, or says what is wrong with them.</summary>
internal static class Numbers
{
    /// <summary>A whole number from <paramref name="least"/> up; null when the option was not given.</summary>
    internal static long? Whole(string option, string? text, long least, long most = long.MaxValue)
    {
        if (text is null)
        {
            return null;
        }

        if (!System.Numerics.BigInteger.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            throw new UsageException($"{option}: {Quoted.Of(text)} is not a whole number");
        }

        if (value < least || value > most)
        {
            throw new UsageException(most == long.MaxValue && value < least
                ? $"{option}: {Quoted.Of(text)} is too small; it must be at least {least}"
                : $"{option}: {Quoted.Of(text)} is out of range; it must be from {least} to {most}");
        }

        return (long)value;
    }

    /// <summary>The seed of a random strategy: 64 bits.</summary>
    internal static ulong? Seed(string option, string? text)
        => text is null ? null
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed
            : throw new UsageException($"{option}: {Quoted.Of(text)} is not a whole number from 0 to {ulong.MaxValue}");

    /// <summary>A time limit in seconds, more than nothing.</summary>
    internal static TimeSpan? Seconds(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out double seconds))
        {
            throw new UsageException($"{option}: {Quoted.Of(text)} is not a number of seconds");
        }

        if (!(seconds > 0 && seconds <= 1e9))
        {
            throw new UsageException($"{option}: {Quoted.Of(text)} is out of range; it must be more than 0 seconds");
        }

        return TimeSpan.FromSeconds(seconds);
    }
}
