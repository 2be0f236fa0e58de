namespace Sim.Cli.Input;

/// <summary>Finds the valid name that somebody most likely meant.</summary>
internal static class Nearest
{
    private const int FewEnoughToName = 8;

    /// <summary>
    /// The end of an error message about an unknown name: the nearest valid one, or all of them when
    /// there are few, or where they are listed.
    /// </summary>
    /// <param name="name">What was typed.</param>
    /// <param name="valid">The valid names.</param>
    /// <param name="listedBy">The command that lists them, if there is one.</param>
    internal static string Hint(string name, IReadOnlyList<string> valid, string? listedBy = null)
    {
        if (Find(name, valid) is { } nearest)
        {
            return $"; did you mean '{nearest}'?";
        }

        if (valid.Count == 0)
        {
            return "";
        }

        return valid.Count <= FewEnoughToName || listedBy is null
            ? "; known: " + string.Join(", ", valid)
            : $"; see '{listedBy}'";
    }

    /// <summary>The nearest valid name, or null when none is near.</summary>
    internal static string? Find(string name, IReadOnlyList<string> valid)
    {
        if (name.Length is 0 or > 200)
        {
            return null;
        }

        string? best = null;
        int bestDistance = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in valid)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance && distance < candidate.Length)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best ?? (name.Length < 3
            ? null
            : valid.FirstOrDefault(candidate => candidate.Contains(name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Edit distance; two neighbours exchanged count as one edit.</summary>
    private static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[b.Length];
    }
}
