using Sim.Explore.Litmus.Programs;

namespace Sim.Explore.Axiomatic;

/// <summary>Unfolds a thread: every way in which it can run when a read may answer any value that the word can hold.</summary>
internal sealed class ThreadRuns
{
    private readonly LitmusTest _test;
    private readonly LitmusThread _thread;
    private readonly int _number;
    private readonly WordValues _values;
    private readonly List<ThreadRun> _runs = [];

    private ThreadRuns(LitmusTest test, int number, WordValues values)
    {
        _test = test;
        _number = number;
        _thread = test.Threads[number];
        _values = values;
    }

    /// <summary>All runs of a thread.</summary>
    /// <exception cref="TooLargeException">There are more than can be looked at.</exception>
    internal static List<ThreadRun> Of(LitmusTest test, int thread, WordValues values)
    {
        var runs = new ThreadRuns(test, thread, values);
        runs.Run(new ThreadState(runs._thread), 0);
        return runs._runs;
    }

    private void Run(ThreadState state, int at)
    {
        while (at < _thread.Code.Count)
        {
            state.LeaveScopes(at);
            Instruction instruction = _thread.Code[at];
            switch (instruction)
            {
                case Assign assign:
                    state.Set(assign.Register, assign.Value.Evaluate(state.Registers), assign.Value.Gather(state.Known), assign.Value.Gather(state.Sources));
                    break;
                case Fence fence:
                    state.AddFence(fence.Barrier);
                    break;
                case Branch branch:
                    state.Enter(branch);
                    at = branch.Condition.Evaluate(state.Registers) == 0 ? branch.Target - 1 : at;
                    break;
                default:
                    Access(state, instruction, at);
                    return;
            }

            at++;
        }

        _runs.Add(state.Finished());
        if (_runs.Count > TooLargeException.MostRuns)
        {
            throw new TooLargeException("a thread can run in too many ways");
        }
    }

    private void Access(ThreadState state, Instruction instruction, int at)
    {
        int next = at + 1;
        Expression address = instruction switch
        {
            Load load => load.Address,
            Store store => store.Address,
            Rmw rmw => rmw.Address,
            Lock taken => taken.Address,
            Unlock given => given.Address,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        long word = address.Evaluate(state.Registers);
        int location = _test.Symbols.At(word);
        if (location < 0)
        {
            // The run does not count, but what it wrote so far may be read to come to a better one.
            _runs.Add(state.Finished() with { Astray = word, IsComplete = false });
            return;
        }

        ulong addressDeps = address.Gather(state.Known);
        int number = _values.NumberOf(_number, at);
        switch (instruction)
        {
            case Store store:
                state.AddStore(store, location, addressDeps, number, _values.BitOf(_number, at));
                Run(state, next);
                break;
            case Unlock:
                state.AddUnlock(location, addressDeps, number);
                Run(state, next);
                break;
            case Lock:
                state.AddLock(location, addressDeps, number);
                Run(state, next);
                break;
            case Load or Rmw:
                Read(state, instruction, location, addressDeps, at);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
    /// <summary>Goes on with every value that the word can hold.</summary>
    private void Read(ThreadState state, Instruction instruction, int location, ulong addressDeps, int at)
    {
        bool isServed = false;
        foreach (WordValue value in _values.Of(location, _values.BitsFrom(_number, at), state.SeenAt(location)))
        {
            isServed = true;
            ThreadState branch = state.Copy();
            if (instruction is Load load)
            {
                branch.AddLoad(load, location, value, addressDeps);
            }
            else
            {
                branch.AddRmw(
                    (Rmw)instruction, location, value, addressDeps, _values.NumberOf(_number, at), _values.BitOf(_number, at));
            }

            Run(branch, at + 1);
        }

        if (!isServed)
        {
            // The value will be known when what was written so far is.
            _runs.Add(state.Finished() with { IsComplete = false });
        }
    }
}
