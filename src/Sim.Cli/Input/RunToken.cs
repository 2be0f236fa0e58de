using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sim.Kernel.Loading;

namespace Sim.Cli.Input;

/// <summary>
/// Names a run of a program, <c>r1:SEED:DIGEST</c>: the seed of all that was drawn in it, - for nothing, and a digest of
/// the program and its arguments, so that it is not replayed with others. What it read is not part of it.
/// </summary>
/// <param name="Seed">The seed; null when everything took its turn.</param>
/// <param name="Digest">Of the program.</param>
internal sealed record RunToken(ulong? Seed, string Digest)
{
    private const string Version = "r1";
    private const string NoSeed = "-";

    /// <summary>The token of a run that begins.</summary>
    internal static RunToken Of(ElfImage image, IEnumerable<string> arguments, ulong? seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(image.File.Span);
        foreach (string argument in arguments)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(argument + "\0"));
        }

        return new RunToken(seed, Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6)));
    }

    /// <summary>The run that a token names, which must be one of this program.</summary>
    /// <param name="token">The token.</param>
    /// <param name="hasSeed">Whether a seed was given as well.</param>
    internal RunToken Replaying(string token, bool hasSeed)
    {
        if (hasSeed)
        {
            throw new UsageException("--schedule has a seed in it; --seed means nothing with it");
        }

        string[] parts = token.Split(':');
        ulong seed = 0;
        if (parts.Length != 3 || !string.Equals(parts[0], Version, StringComparison.Ordinal) ||
            !(parts[1] is NoSeed || ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out seed)))
        {
            throw new UsageException($"--schedule: {Quoted.Of(token)} is not a token of sim run");
        }

        if (!string.Equals(parts[2], Digest, StringComparison.Ordinal))
        {
            throw new UsageException("--schedule: this token is of another program, or of other arguments");
        }

        return this with { Seed = parts[1] is NoSeed ? null : seed };
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"{Version}:{Seed?.ToString(CultureInfo.InvariantCulture) ?? NoSeed}:{Digest}";
}
