namespace Sim.Explore.Litmus.Views;

/// <summary>
/// POWER's condition on writes: the order of each word's writes and what fences have published before what
/// never contradict each other, over all words.
/// </summary>
internal static class ViewOrder
{
    /// <summary>Whether the writes that have been made can be put into one order.</summary>
    internal static bool IsAcyclic(ViewState state)
    {
        // Takes writes out word by word, each when everything that must come before it is out.
        int[] taken = new int[state.Words.Length];
        bool moved = true;
        while (moved)
        {
            moved = false;
            for (int word = 0; word < taken.Length; word++)
            {
                while (taken[word] < state.Words[word].Count && IsFree(state.Words[word][taken[word]], taken, word))
                {
                    taken[word]++;
                    moved = true;
                }
            }
        }

        return taken.Zip(state.Words).All(static pair => pair.First == pair.Second.Count);
    }

    private static bool IsFree(ViewMessage message, int[] taken, int word)
    {
        for (int other = 0; other < taken.Length; other++)
        {
            int place = message.Fenced[other];
            if (place > 0 && (other == word ? place > taken[word] : place >= taken[other]))
            {
                return false;
            }
        }

        return true;
    }
}
