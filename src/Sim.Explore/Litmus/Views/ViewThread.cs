using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Views;

/// <summary>A thread of the view machine: where it is and what it has seen.</summary>
internal sealed class ViewThread
{
    internal ViewThread(LitmusThread thread, int words)
    {
        Registers = thread.InitialRegisters();
        Known = [.. Registers.Select(_ => new View(words))];
        (Current, Acquired, Released, Own) = (new View(words), new View(words), new View(words), new View(words));
        (LastUnlock, SectionEnd, Control) = (new View(words), new View(words), new View(words));
        (HandedOn, WriteFloor, Answered) = (new View(words), new View(words), new View(words));
        (AtAtomic, AtLock, Pending, Chained) = (new View(words), new View(words), new View(words), new View(words));
        Reads = [];
    }

    private ViewThread(ViewThread other)
    {
        Registers = [.. other.Registers];
        Known = [.. other.Known.Select(view => view.Copy())];
        (Current, Acquired, Released, Own) = (other.Current.Copy(), other.Acquired.Copy(), other.Released.Copy(), other.Own.Copy());
        (LastUnlock, SectionEnd, Control) = (other.LastUnlock.Copy(), other.SectionEnd.Copy(), other.Control.Copy());
        (HandedOn, WriteFloor, Answered) = (other.HandedOn.Copy(), other.WriteFloor.Copy(), other.Answered.Copy());
        (AtAtomic, AtLock, Pending) = (other.AtAtomic.Copy(), other.AtLock.Copy(), other.Pending.Copy());
        Chained = other.Chained.Copy();
        (HasAtomic, HasLock, HasPending) = (other.HasAtomic, other.HasLock, other.HasPending);
        Reads = [.. other.Reads];
        (At, Phase, Writes, Sections, Depth, Awaited) =
            (other.At, other.Phase, other.Writes, other.Sections, other.Depth, other.Awaited);
    }

    /// <summary>The next instruction.</summary>
    internal int At { get; set; }

    /// <summary>How much of it has been done.</summary>
    internal int Phase { get; set; }

    /// <summary>How many writes the thread has made.</summary>
    internal int Writes { get; set; }

    /// <summary>How many read-side sections it has begun.</summary>
    internal int Sections { get; set; }

    /// <summary>How many of them are open.</summary>
    internal int Depth { get; set; }

    /// <summary>Whether it has made an atomic operation.</summary>
    internal bool HasAtomic { get; set; }

    /// <summary>Whether it has taken a spinlock.</summary>
    internal bool HasLock { get; set; }

    /// <summary>Whether smp_mb__before_atomic waits for its atomic operation.</summary>
    internal bool HasPending { get; set; }

    /// <summary>The threads whose sections it waits for.</summary>
    internal ulong Awaited { get; set; }

    /// <summary>The registers.</summary>
    internal long[] Registers { get; }

    /// <summary>What had been seen when each register was computed.</summary>
    internal View[] Known { get; }

    /// <summary>What accesses from now on must see.</summary>
    internal View Current { get; }

    /// <summary>What everything that was read has seen.</summary>
    internal View Acquired { get; }

    /// <summary>
    /// As <see cref="Acquired"/>, and what had reached every processor at the time, but without the reads of
    /// atomic operations that answer nothing: smp_rmb orders the others.
    /// </summary>
    internal View Answered { get; }

    /// <summary>What an ordinary write publishes.</summary>
    internal View Released { get; }

    /// <summary>What the thread has written.</summary>
    internal View Own { get; }

    /// <summary>What had been seen at the last unlock.</summary>
    internal View LastUnlock { get; }

    /// <summary>What an ordinary write published at the last unlock, with what the thread had written.</summary>
    internal View HandedOn { get; }

    /// <summary>What had reached every processor when the thread read last: a later write comes behind it.</summary>
    internal View WriteFloor { get; }

    /// <summary>What fences of those that the thread read from have published.</summary>
    internal View Chained { get; }

    /// <summary>What had been seen or written with the last atomic operation.</summary>
    internal View AtAtomic { get; }

    /// <summary>What had been seen or written when the last spinlock was taken.</summary>
    internal View AtLock { get; }

    /// <summary>What had been seen or written at smp_mb__before_atomic.</summary>
    internal View Pending { get; }

    /// <summary>What had been seen at the end of the last read-side section.</summary>
    internal View SectionEnd { get; }

    /// <summary>What branches depended on.</summary>
    internal View Control { get; }

    /// <summary>The writes that were read, in order.</summary>
    internal List<int> Reads { get; }

    /// <summary>All views.</summary>
    internal IEnumerable<View> Views => [.. Known, Current, Acquired, Released, Own, LastUnlock, SectionEnd, Control, HandedOn, WriteFloor, Answered, AtAtomic, AtLock, Pending, Chained];

    /// <summary>Everything that the thread has seen or written.</summary>
    internal View Everything => Current.With(Acquired).With(Own);

    /// <summary>A copy for another state.</summary>
    internal ViewThread Copy() => new(this);
}
