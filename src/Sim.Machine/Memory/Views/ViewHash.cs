using Sim.Machine.State;

namespace Sim.Machine.Memory.Views;

/// <summary>Identities of views and of what they speak of: who wrote what, never when.</summary>
internal static class ViewHash
{
    internal static ulong Of(ProcessorViews views)
    {
        ulong hash = StateHash.Mix(31, (ulong)views.Writes);
        foreach (View view in (ReadOnlySpan<View>)[views.Current, views.Acquired, views.Answered, views.Released, views.Own,
            views.Stored, views.LastUnlock, views.HandedOn, views.Chained])
        {
            hash = StateHash.Mix(hash, Of(view));
        }

        foreach (FenceClock clock in (ReadOnlySpan<FenceClock>)[views.Fences, views.Heard, views.AnsweredFences, views.UnlockFences])
        {
            hash = StateHash.Mix(hash, Of(clock));
        }

        for (LoadedPointer? pointer = views.Pointers; pointer is not null; pointer = pointer.Next)
        {
            hash = StateHash.Mix(StateHash.Mix(hash, (ulong)pointer.Target), Of(pointer.Known));
        }

        for (TouchedWord? touched = views.Touched; touched is not null; touched = touched.Next)
        {
            hash += StateHash.Mix(5, touched.Word.Cell.Place);
        }

        return views.Program is { } program ? StateHash.Mix(hash, Of(program)) : hash;
    }

    internal static ulong Of(FenceClock clock)
    {
        ulong hash = 37;
        for (int i = 0; i < clock.Processors; i++)
        {
            hash += clock[i] == 0 ? 0 : StateHash.Mix((ulong)i, (ulong)clock[i]);
        }

        return hash;
    }

    internal static ulong Of(WordHistory word)
    {
        ulong hash = word.Cell.Place;
        for (int i = 0; i < word.Count; i++)
        {
            WordWrite write = word[i];
            hash = StateHash.Mix(StateHash.Mix(hash, Of(write)), (ulong)write.Bits);
            hash = StateHash.Mix(StateHash.Mix(hash, Of(write.Published)), Of(write.Fenced));
            hash = StateHash.Mix(StateHash.Mix(hash, Of(write.Carried)), Of(write.Fences));
            ulong seen = 0;
            foreach ((int processor, FenceClock fences) in write.Seen)
            {
                seen += StateHash.Mix((ulong)processor, Of(fences));
            }

            hash = StateHash.Mix(hash, seen);
        }

        return hash;
    }

    private static ulong Of(ProgramViews program)
    {
        ulong hash = StateHash.Mix(43, Of(program.Addressed));
        foreach (Dependency register in program.Registers)
        {
            hash = StateHash.Mix(hash, Of(register));
        }

        foreach (TakenBranch branch in program.Branches)
        {
            hash = StateHash.Mix(StateHash.Mix(hash, (ulong)branch.End), Of(branch.Known));
        }

        for (MadeAccess? access = program.Accesses; access is not null; access = access.Next)
        {
            hash = StateHash.Mix(StateHash.Mix(hash, access.IsRead ? 1UL : 0), StateHash.Mix(access.Write.Word.Cell.Place, Of(access.Write)));
            hash = StateHash.Mix(hash, Of(access.Known));
        }

        foreach (Knowledge? at in (ReadOnlySpan<Knowledge?>)[program.AtAtomic, program.Pending, program.AtLock, program.AtHandOver])
        {
            hash = StateHash.Mix(hash, at is null ? 0 : Of(at));
        }

        return hash;
    }

    private static ulong Of(Dependency known) => StateHash.Mix(Of(known.Begun), Of(known.Committed));

    private static ulong Of(Knowledge known) => StateHash.Mix(Of(known.Seen), Of(known.Fences));

    private static ulong Of(View view)
    {
        ulong hash = 41;
        foreach (WordWrite write in view.Floors)
        {
            hash += StateHash.Mix(write.Word.Cell.Place, Of(write));
        }

        return hash;
    }

    /// <summary>Which write it is.</summary>
    internal static ulong Of(WordWrite write) => StateHash.Mix((ulong)write.Writer, (ulong)write.Number);
}
