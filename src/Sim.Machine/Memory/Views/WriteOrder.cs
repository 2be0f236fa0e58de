namespace Sim.Machine.Memory.Views;

/// <summary>
/// POWER's condition on writes: the order of each word's writes and what barriers have published before what
/// never contradict each other, over all words.
/// </summary>
internal static class WriteOrder
{
    /// <summary>Whether the writes could be put into one order if one more came in.</summary>
    /// <param name="words">All words, by number.</param>
    /// <param name="word">The word of the new write.</param>
    /// <param name="place">The place before which it comes.</param>
    /// <param name="fenced">What barriers have published before it.</param>
    internal static bool IsAcyclic(IReadOnlyList<WordHistory> words, WordHistory word, int place, View fenced)
    {
        // Takes writes out word by word, each when everything that must come before it is out.
        int[] taken = new int[words.Count];
        bool isNewTaken = false;
        bool moved = true;
        while (moved)
        {
            moved = false;
            for (int i = 0; i < taken.Length; i++)
            {
                while (taken[i] < words[i].Count)
                {
                    if (i == word.Number && taken[i] == place && !isNewTaken)
                    {
                        if (!IsFree(fenced, taken, word, place))
                        {
                            break;
                        }

                        isNewTaken = true;
                    }
                    else if (IsFree(words[i][taken[i]].Fenced, taken, words[i], taken[i]))
                    {
                        taken[i]++;
                    }
                    else
                    {
                        break;
                    }

                    moved = true;
                }
            }
        }

        for (int i = 0; i < taken.Length; i++)
        {
            if (taken[i] < words[i].Count)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsFree(View fenced, int[] taken, WordHistory word, int place)
    {
        foreach (WordWrite before in fenced.Floors)
        {
            if (before.Word == word ? before.Place > place : before.Place >= taken[before.Word.Number])
            {
                return false;
            }
        }

        return true;
    }
}
