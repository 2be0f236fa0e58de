using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Views;

/// <summary>What barriers do to the views of a thread.</summary>
internal sealed class ViewFences(bool isPower)
{
    /// <summary>A full barrier: everything before it has reached every processor.</summary>
    internal static void Full(ViewState state, ViewThread thread) => Full(state, thread, thread.Everything);

    /// <summary>A full barrier for what had been seen or written at some time.</summary>
    internal static void Full(ViewState state, ViewThread thread, View before)
    {
        state.Everywhere.Join(before);
        thread.Current.Join(state.Everywhere);
        thread.Released.Join(state.Everywhere);
    }

    /// <summary>lwsync: orders everything but a write before a later read.</summary>
    internal static void Lightweight(ViewThread thread)
    {
        thread.Current.Join(thread.Answered);
        thread.Released.Join(thread.Everything);
    }

    /// <summary>What comes later is behind what a read has seen.</summary>
    internal static void Acquire(ViewState state, ViewThread thread, View seen)
    {
        thread.Current.Join(seen);
        thread.Current.Join(state.Everywhere);
    }

    /// <summary>Adds the states that passing a barrier leads to.</summary>
    internal void Pass(ViewState state, int number, Barrier barrier, List<ViewState> found)
    {
        ViewState next = state.Copy();
        ViewThread thread = next.Threads[number];
        switch (barrier)
        {
            case Barrier.AfterAtomic when !isPower:
                FullIf(thread.HasAtomic, next, thread, thread.AtAtomic);
                break;
            case Barrier.AfterSpinlock when !isPower:
                FullIf(thread.HasLock, next, thread, thread.AtLock);
                break;
            case Barrier.BeforeAtomic when !isPower:
                thread.Pending.Join(thread.Everything);
                thread.HasPending = true;
                break;
            case Barrier.Full or Barrier.BeforeAtomic or Barrier.AfterAtomic or Barrier.AfterSpinlock or Barrier.AfterUnlockLock:
                Full(next, thread);
                break;
            case Barrier.Read when !isPower:
                thread.Current.Join(thread.Answered);
                break;
            case Barrier.Read or Barrier.Write or Barrier.Lightweight:
                Lightweight(thread);
                break;
            case Barrier.Instruction:
                thread.Current.Join(thread.Control);
                break;
            case Barrier.RcuLock:
                thread.Sections += thread.Depth == 0 ? 1 : 0;
                thread.Depth++;
                thread.Current.Join(next.Graces);
                break;
            case Barrier.RcuUnlock:
                thread.Depth = Math.Max(0, thread.Depth - 1);
                thread.SectionEnd.Join(thread.Everything);
                break;
            case Barrier.SynchronizeRcu:
                if (!WaitForSections(next, thread))
                {
                    return;
                }

                break;
            case Barrier.Eieio or Barrier.Write:
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        thread.At += thread.Phase == 0 ? 1 : 0;
        found.Add(next);
    }

    private static void FullIf(bool applies, ViewState state, ViewThread thread, View before)
    {
        if (applies)
        {
            Full(state, thread, before);
        }
    }

    /// <summary>Begins to wait for the sections that are open, or goes on when they have ended; false to wait on.</summary>
    private static bool WaitForSections(ViewState state, ViewThread thread)
    {
        if (thread.Phase == 0)
        {
            Full(state, thread);
            state.Graces.Join(state.Everywhere);
            for (int i = 0; i < state.Threads.Length; i++)
            {
                thread.Awaited |= state.Threads[i].Depth > 0 ? 1UL << i : 0;
            }

            thread.Phase = 1;
            return true;
        }

        for (int i = 0; i < state.Threads.Length; i++)
        {
            if ((thread.Awaited >> i & 1) != 0 && state.Threads[i].Depth > 0)
            {
                return false;
            }
        }

        foreach (ViewThread other in state.Threads)
        {
            thread.Current.Join(other.SectionEnd);
        }

        Full(state, thread);
        thread.Awaited = 0;
        thread.Phase = 0;
        return true;
    }
}
