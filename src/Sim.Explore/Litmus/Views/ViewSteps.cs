using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Litmus.Views;

/// <summary>What a thread of the view machine can do next.</summary>
internal sealed class ViewSteps(LitmusTest test, bool isPower)
{
    /// <summary>Whether every thread has come to its end.</summary>
    internal bool IsFinished(ViewState state)
    {
        for (int i = 0; i < state.Threads.Length; i++)
        {
            if (state.Threads[i].At < test.Threads[i].Code.Count)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Executes what concerns nobody else; false when a thread goes astray.</summary>
    internal bool Settle(ViewState state)
    {
        for (int i = 0; i < state.Threads.Length; i++)
        {
            ViewThread thread = state.Threads[i];
            while (thread.At < test.Threads[i].Code.Count && IsLocal(thread, test.Threads[i].Code[thread.At]))
            {
                // Each of them moves the thread on.
            }

            if (thread.At < test.Threads[i].Code.Count && WordOf(thread, test.Threads[i].Code[thread.At]) == -1)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>All states that one step of one thread leads to.</summary>
    internal List<ViewState> After(ViewState state)
    {
        var found = new List<ViewState>();
        for (int i = 0; i < state.Threads.Length; i++)
        {
            int at = state.Threads[i].At;
            if (at < test.Threads[i].Code.Count)
            {
                Step(state, i, test.Threads[i].Code[at], found);
            }
        }

        return found;
    }

    private bool IsLocal(ViewThread thread, Instruction instruction)
    {
        switch (instruction)
        {
            case Assign assign:
                thread.Registers[assign.Register] = assign.Value.Evaluate(thread.Registers);
                thread.Known[assign.Register] = KnownBy(thread, assign.Value);
                break;
            case Branch branch:
                thread.Control.Join(KnownBy(thread, branch.Condition));
                thread.At = branch.Condition.Evaluate(thread.Registers) == 0 ? branch.Target - 1 : thread.At;
                break;
            case Fence { Barrier: Barrier.Write } when !isPower:
            case Fence { Barrier: Barrier.Eieio }:
                thread.Released.Join(thread.Own);
                break;
            default:
                return false;
        }

        thread.At++;
        return true;
    }

    /// <summary>The word that an instruction accesses, -1 when there is none, -2 when it accesses no memory.</summary>
    private int WordOf(ViewThread thread, Instruction instruction)
        => AddressOf(instruction) is { } address ? test.Symbols.At(address.Evaluate(thread.Registers)) : -2;

    private static Expression? AddressOf(Instruction instruction) => instruction switch
    {
        Load load => load.Address,
        Store store => store.Address,
        Rmw rmw => rmw.Address,
        Lock taken => taken.Address,
        Unlock given => given.Address,
        _ => null,
    };

    private View KnownBy(ViewThread thread, Expression expression)
    {
        var view = new View(test.Symbols.Names.Count);
        ulong used = expression.Gather([.. thread.Known.Select((_, i) => 1UL << (i & 63))]);
        for (int i = 0; i < thread.Known.Length; i++)
        {
            if ((used >> (i & 63) & 1) != 0)
            {
                view.Join(thread.Known[i]);
            }
        }

        return view;
    }

    private void Step(ViewState state, int number, Instruction instruction, List<ViewState> found)
    {
        switch (instruction)
        {
            case Fence fence:
                new ViewFences(isPower).Pass(state, number, fence.Barrier, found);
                break;
            case Load load:
                Read(state, number, load, found);
                break;
            case Store store:
                Write(state, number, store, found);
                break;
            case Rmw rmw:
                Change(state, number, rmw, found);
                break;
            case Lock:
                Take(state, number, WordOf(state.Threads[number], instruction), found);
                break;
            case Unlock:
                Give(state, number, WordOf(state.Threads[number], instruction), found);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Read(ViewState state, int number, Load load, List<ViewState> found)
    {
        int word = WordOf(state.Threads[number], load);
        View address = KnownBy(state.Threads[number], load.Address);
        int floor = Math.Max(state.Threads[number].Current[word], address[word]);
        for (int place = floor; place < state.Words[word].Count; place++)
        {
            ViewState next = state.Copy();
            ViewThread thread = next.Threads[number];
            ViewMessage message = See(next, thread, load.Order, word, place);
            if (load.Order == AccessOrder.Acquire)
            {
                ViewFences.Acquire(next, thread, message.Published);
            }

            View known = message.Published.With(address);
            known.Join(state.Everywhere);
            if (message.Thread == number)
            {
                known.Join(message.Carried);
            }

            thread.Known[load.Register] = known;
            thread.Registers[load.Register] = message.Value;
            thread.At++;
            found.Add(next);
        }
    }

    /// <summary>The thread reads a write.</summary>
    private static ViewMessage See(ViewState state, ViewThread thread, AccessOrder order, int word, int place)
    {
        ViewMessage message = state.Words[word][place];
        thread.Current[word] = place;
        thread.Acquired.Join(message.Published);
        thread.Chained.Join(message.Fenced);
        if (order != AccessOrder.NoReturn)
        {
            thread.Answered.Join(message.Published);
            thread.Answered.Join(state.Everywhere);
        }

        thread.WriteFloor.Join(state.Everywhere);
        thread.Reads.Add(message.Writer);
        return message;
    }

    private void Write(ViewState state, int number, Store store, List<ViewState> found)
    {
        ViewThread before = state.Threads[number];
        int word = WordOf(before, store);
        int floor = Math.Max(before.Current[word], Math.Max(before.Acquired[word], before.WriteFloor[word]));
        for (int place = floor + 1; place <= state.Words[word].Count; place++)
        {
            if (place < state.Words[word].Count && state.Words[word][place].IsAttached)
            {
                continue;
            }

            ViewState next = state.Copy();
            ViewThread thread = next.Threads[number];
            View computed = KnownBy(thread, store.Value).With(KnownBy(thread, store.Address));
            Put(next, number, word, place, store.Value.Evaluate(thread.Registers), store.Order == AccessOrder.Release, computed, attachedTo: null);
            thread.At++;
            if (!isPower || place + 1 == next.Words[word].Count || ViewOrder.IsAcyclic(next))
            {
                found.Add(next);
            }
        }
    }

    private void Put(
        ViewState state, int number, int word, int place, long value, bool isRelease, View computed, ViewMessage? attachedTo)
    {
        ViewThread thread = state.Threads[number];
        if (isRelease && isPower)
        {
            ViewFences.Lightweight(thread);
        }

        View published = isRelease ? thread.Everything.With(thread.Released) : thread.Released.Copy();
        if (isPower)
        {
            published.Join(thread.Chained);
        }

        if (attachedTo is not null)
        {
            published.Join(attachedTo.Published);
        }

        state.Insert(
            word,
            place,
            new ViewMessage((number << 8) + thread.Writes++, value, published, computed, thread.Released.With(thread.Chained), IsAttached: attachedTo is not null));
        thread.Current[word] = place;
        thread.Own[word] = place;
    }

    /// <summary>
    /// An atomic operation. One that is a full barrier if it succeeds is one before and one after, so it
    /// is settled at the first of them whether it will.
    /// </summary>
    private void Change(ViewState state, int number, Rmw rmw, List<ViewState> found)
    {
        ViewThread before = state.Threads[number];
        if (before.HasPending)
        {
            ViewState ordered = state.Copy();
            ViewFences.Full(ordered, ordered.Threads[number], ordered.Threads[number].Pending);
            ordered.Threads[number].HasPending = false;
            found.Add(ordered);
            return;
        }

        if (rmw.Order == AccessOrder.Full && before.Phase != 1)
        {
            ViewState fenced = state.Copy();
            ViewFences.Full(fenced, fenced.Threads[number]);
            fenced.Threads[number].Phase = before.Phase == 0 ? 1 : 0;
            fenced.Threads[number].At += before.Phase == 2 ? 1 : 0;
            found.Add(fenced);
        }

        if (before.Phase == 2)
        {
            return;
        }

        int word = WordOf(before, rmw);
        for (int place = before.Current[word]; place < state.Words[word].Count; place++)
        {
            bool writes = rmw.Writes(state.Words[word][place].Value, rmw.Expected.Evaluate(before.Registers));
            if (writes ? MayWrite(state, before, rmw, word, place) : before.Phase == 0)
            {
                found.Add(Changed(state.Copy(), number, rmw, word, place, writes));
            }
        }
    }

    private static bool MayWrite(ViewState state, ViewThread thread, Rmw rmw, int word, int place)
        => (rmw.Order != AccessOrder.Full || thread.Phase == 1) && place >= Math.Max(thread.Acquired[word], thread.WriteFloor[word]) &&
            (place + 1 == state.Words[word].Count || !state.Words[word][place + 1].IsAttached);

    private ViewState Changed(ViewState next, int number, Rmw rmw, int word, int place, bool writes)
    {
        ViewThread thread = next.Threads[number];
        long operand = rmw.Operand.Evaluate(thread.Registers);
        View computed = KnownBy(thread, rmw.Operand);
        ViewMessage read = See(next, thread, rmw.Order, word, place);
        long now = writes ? rmw.Stored(read.Value, operand) : read.Value;
        View known = read.Published.With(next.Everywhere);
        if (writes)
        {
            computed = rmw.IsDependent ? computed.With(read.Published) : computed;
            Put(next, number, word, place + 1, now, rmw.Order == AccessOrder.Release, computed, read);
            if (rmw.Order == AccessOrder.Acquire)
            {
                ViewFences.Acquire(next, thread, read.Published);
            }
        }

        if (rmw.Register >= 0)
        {
            known.MakeRoom(word, writes ? place + 1 : int.MaxValue);
            thread.Registers[rmw.Register] = rmw.AnswerOf(read.Value, now, writes);
            thread.Known[rmw.Register] = known;
        }

        thread.HasAtomic = true;
        thread.AtAtomic.Join(thread.Everything);
        bool isFull = writes && rmw.Order == AccessOrder.Full;
        thread.Phase = isFull ? 2 : 0;
        thread.At += isFull ? 0 : 1;
        return next;
    }

    private void Take(ViewState state, int number, int word, List<ViewState> found)
    {
        int last = state.Words[word].Count - 1;
        if (state.Words[word][last].Value != 0)
        {
            return;
        }

        ViewState next = state.Copy();
        ViewThread thread = next.Threads[number];
        ViewMessage free = See(next, thread, AccessOrder.Acquire, word, last);
        thread.Released.Join(free.Carried);
        thread.Released.Join(thread.HandedOn);
        Put(next, number, word, last + 1, 1, isRelease: false, new View(test.Symbols.Names.Count), free);
        ViewFences.Acquire(next, thread, free.Published);
        thread.Current.Join(thread.LastUnlock);
        thread.HasLock = true;
        thread.AtLock.Join(thread.Everything);
        thread.At++;
        found.Add(next);
    }

    private void Give(ViewState state, int number, int word, List<ViewState> found)
    {
        ViewState next = state.Copy();
        ViewThread thread = next.Threads[number];
        Put(next, number, word, next.Words[word].Count, 0, isRelease: true, thread.Own.With(thread.Released), attachedTo: null);
        thread.LastUnlock.Join(thread.Everything);
        thread.HandedOn.Join(thread.Own);
        thread.HandedOn.Join(thread.Released);
        thread.At++;
        found.Add(next);
    }
}
