using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Views;

/// <summary>A state of the view machine.</summary>
internal sealed class ViewState
{
    internal ViewState(LitmusTest test)
    {
        int words = test.Symbols.Names.Count;
        Threads = [.. test.Threads.Select(thread => new ViewThread(thread, words))];
        Words =
        [
            .. Enumerable.Range(0, words).Select(word =>
                new List<ViewMessage> { new(-1, test.InitialValue(word), new View(words), new View(words), new View(words), IsAttached: false) }),
        ];
        Everywhere = new View(words);
        Graces = new View(words);
    }

    private ViewState(ViewState other)
    {
        Threads = [.. other.Threads.Select(thread => thread.Copy())];
        Words = [.. other.Words.Select(word => word.ConvertAll(message => message.Copy()))];
        Everywhere = other.Everywhere.Copy();
        Graces = other.Graces.Copy();
    }

    /// <summary>The threads.</summary>
    internal ViewThread[] Threads { get; }

    /// <summary>The writes of each word, in the order in which they reach memory.</summary>
    internal List<ViewMessage>[] Words { get; }

    /// <summary>What has reached every processor.</summary>
    internal View Everywhere { get; }

    /// <summary>What had reached every processor when a grace period began.</summary>
    internal View Graces { get; }

    /// <summary>A copy.</summary>
    internal ViewState Copy() => new(this);

    /// <summary>Puts a write into the order of a word.</summary>
    internal void Insert(int word, int place, ViewMessage message)
    {
        foreach (View view in Threads.SelectMany(thread => thread.Views))
        {
            view.MakeRoom(word, place);
        }

        foreach (ViewMessage other in Words.SelectMany(messages => messages).Append(message))
        {
            other.Published.MakeRoom(word, place);
            other.Carried.MakeRoom(word, place);
            other.Fenced.MakeRoom(word, place);
        }

        Everywhere.MakeRoom(word, place);
        Graces.MakeRoom(word, place);
        message.Published[word] = place;
        Words[word].Insert(place, message);
    }

    /// <summary>What tells this state from others.</summary>
    internal long[] Identity()
    {
        var all = new List<long>(256);
        foreach (ViewThread thread in Threads)
        {
            all.AddRange([thread.At, thread.Phase, thread.Sections, thread.Depth, (long)thread.Awaited, thread.Reads.Count, Flags(thread)]);
            all.AddRange(thread.Registers);
            all.AddRange(thread.Reads.Select(read => (long)read));
            foreach (View view in thread.Views)
            {
                Add(all, view);
            }
        }

        foreach (List<ViewMessage> word in Words)
        {
            all.Add(word.Count);
            foreach (ViewMessage message in word)
            {
                all.AddRange([message.Writer, message.Value]);
                Add(all, message.Published);
                Add(all, message.Carried);
                Add(all, message.Fenced);
            }
        }

        Add(all, Everywhere);
        Add(all, Graces);
        return [.. all];
    }

    private static long Flags(ViewThread thread)
        => (thread.HasAtomic ? 1 : 0) + (thread.HasLock ? 2 : 0) + (thread.HasPending ? 4 : 0);

    private static void Add(List<long> all, View view)
    {
        foreach (int place in view.Floor)
        {
            all.Add(place);
        }
    }
}
