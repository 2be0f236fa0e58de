using Sim.Machine.Memory;

namespace Sim.Testing.LittlePrograms;

/// <summary>
/// The final states of a little program by its definition: an interpreter of a page, which shares
/// nothing with the machine, visits every state once.
/// </summary>
public sealed class ReferenceModel
{
    private readonly LittleProgram _program;
    private readonly bool _buffers;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _final = new(StringComparer.Ordinal);

    private ReferenceModel(LittleProgram program, MemoryModel memory)
    {
        _program = program;
        _buffers = memory == MemoryModel.Tso;
    }

    /// <summary>The final states in words.</summary>
    public ISet<string> FinalStates => _final;

    /// <summary>Whether freed memory can be used, or a guarded word by two threads at a time.</summary>
    public bool IsWrong { get; private set; }

    /// <summary>Visits every state of a program.</summary>
    public static ReferenceModel Of(LittleProgram program, MemoryModel memory)
    {
        var model = new ReferenceModel(program, memory);
        model.Visit(new State(program));
        return model;
    }

    private void Visit(State state)
    {
        if (!_seen.Add(state.ToString()))
        {
            return;
        }

        IsWrong |= HasConflict(state);
        bool moved = false;
        for (int t = 0; t < _program.Threads.Count; t++)
        {
            if (state.Waiting[t].Count > 0)
            {
                moved = true;
                State next = state.Copy();
                IsWrong |= next.Freed[next.Waiting[t][0].Variable];
                next.Drain(t);
                Visit(next);
            }

            if (state.Started[t] && state.Pc[t] < _program.Threads[t].Count)
            {
                moved |= Execute(state, t, _program.Threads[t][state.Pc[t]]);
            }
        }

        if (!moved)
        {
            _final.Add(LittleProgram.Describe(
                state.Memory.Concat(state.Kept),
                state.Record,
                state.Pc.Select((pc, t) => state.Started[t] && pc >= _program.Threads[t].Count)));
        }
    }

    /// <summary>Whether two threads are about to use a guarded word, and one of them to change it.</summary>
    private bool HasConflict(State state)
    {
        List<Instruction> next = [.. _program.Threads.Select((thread, t) =>
            state.Started[t] && state.Pc[t] < thread.Count ? thread[state.Pc[t]] : new Instruction(Verb.Yield))];
        return Enumerable.Range(0, next.Count).Any(t => next[t].Verb == Verb.SetGuarded &&
            Enumerable.Range(0, next.Count).Any(u => u != t && next[u].Variable == next[t].Variable &&
                next[u].Verb is Verb.SetGuarded or Verb.GetGuarded));
    }

    private bool IsUseAfterFree(State state, Instruction i)
    {
        bool touches = i.Verb is not (Verb.Unless or Verb.Choose or Verb.Fence or Verb.Yield or Verb.Start);
        bool touchesNext = i.Verb is Verb.Watch or Verb.Snapshot;
        return (touches && state.Freed[i.Variable]) || (touchesNext && state.Freed[i.Second(_program.Variables)]);
    }

    private bool Execute(State state, int t, Instruction i)
    {
        bool waitsForBuffer = i.Verb is Verb.CompareExchange or Verb.Add or Verb.Lock or Verb.Take
            or Verb.WaitFor or Verb.WaitWhile or Verb.Fence or Verb.Watch or Verb.Free;
        int held = state.Memory[i.Variable];
        bool mustWait =
            (i.Verb == Verb.Lock && held != 0) ||
            (i.Verb == Verb.Take && held == 0) ||
            (i.Verb == Verb.WaitFor && held != i.A) ||
            (i.Verb == Verb.WaitWhile && held == i.A) ||
            (i.Verb == Verb.Watch && held == i.A && state.Memory[i.Second(_program.Variables)] == i.B) ||
            (i.Verb == Verb.Load && state.Waiting[t].FindLast(entry => entry.Variable == i.Variable).IsSum);
        if (mustWait || (waitsForBuffer && state.Waiting[t].Count > 0))
        {
            return false;
        }

        for (int alternative = 0; alternative < (i.Verb == Verb.Choose ? 2 : 1); alternative++)
        {
            State next = state.Copy();
            next.Pc[t]++;
            IsWrong |= IsUseAfterFree(state, i);
            Effect(next, t, i, alternative);
            Visit(next);
        }

        return true;
    }

    private void Effect(State state, int t, Instruction i, int alternative)
    {
        ref int cell = ref state.Memory[i.Variable];
        int held = cell;
        switch (i.Verb)
        {
            case Verb.Load:
                int waiting = state.Waiting[t].FindLastIndex(entry => entry.Variable == i.Variable);
                state.Read(t, waiting < 0 ? held : state.Waiting[t][waiting].Value);
                break;
            case Verb.Store or Verb.StoreNext or Verb.Unlock or Verb.AddUnlocked:
                state.Waiting[t].Add(new Entry(
                    i.Variable, i.Stored(state.R[t]), i.Verb == Verb.AddUnlocked));
                if (!_buffers)
                {
                    state.Drain(t);
                }

                break;
            case Verb.CompareExchange:
                cell = held == i.A ? i.B : held;
                state.Read(t, held);
                break;
            case Verb.Add or Verb.Take:
                cell += i.Verb == Verb.Take ? -1 : i.A;
                state.Read(t, held);
                break;
            case Verb.Lock:
                cell = 1;
                state.Read(t, held);
                break;
            case Verb.WaitFor or Verb.WaitWhile:
                state.Read(t, held);
                break;
            case Verb.Unless:
                state.Pc[t] += state.R[t] == i.A ? 0 : i.B;
                break;
            case Verb.Choose or Verb.Watch or Verb.Yield:
                state.Read(t, alternative);
                break;
            case Verb.Start:
                state.Started[i.A] = true;
                break;
            case Verb.GetGuarded:
                state.Read(t, state.Kept[i.Variable]);
                break;
            case Verb.SetGuarded:
                state.Kept[i.Variable] = i.A;
                break;
            case Verb.Free:
                state.Freed[i.Variable] = true;
                break;
            case Verb.Snapshot:
                state.Read(t, LittleProgram.Both(held, state.Memory[i.Second(_program.Variables)]));
                break;
            case Verb.Fence:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private readonly record struct Entry(int Variable, int Value, bool IsSum);

    private sealed class State
    {
        internal State(LittleProgram program)
        {
            int threads = program.Threads.Count;
            (Memory, Pc, R, Record) = (new int[program.Variables], new int[threads], new int[threads], new int[threads]);
            (Kept, Freed) = (new int[program.Variables], new bool[program.Variables]);
            Started = [.. Enumerable.Range(0, threads).Select(t => !program.IsStarted(t))];
            Waiting = [.. Enumerable.Range(0, threads).Select(_ => new List<Entry>())];
        }

        private State(State other)
        {
            (Memory, Pc, R) = ([.. other.Memory], [.. other.Pc], [.. other.R]);
            (Record, Started) = ([.. other.Record], [.. other.Started]);
            (Kept, Freed) = ([.. other.Kept], [.. other.Freed]);
            Waiting = [.. other.Waiting.Select(buffer => new List<Entry>(buffer))];
        }

        internal int[] Memory { get; }

        internal int[] Kept { get; }

        internal bool[] Freed { get; }

        internal int[] Pc { get; }

        internal int[] R { get; }

        internal int[] Record { get; }

        internal bool[] Started { get; }

        internal List<Entry>[] Waiting { get; }

        public override string ToString() => string.Join(
            '|',
            LittleProgram.Describe(Memory.Concat(Kept), Record, Started.Concat(Freed)),
            string.Join(',', Pc),
            string.Join(',', R),
            string.Join(';', Waiting.Select(buffer => string.Join(
                ',', buffer.Select(entry => $"{entry.Variable}:{entry.Value}:{entry.IsSum}")))));

        internal State Copy() => new(this);

        internal void Read(int t, int value)
        {
            R[t] = value;
            Record[t] = LittleProgram.Remember(Record[t], value);
        }

        internal void Drain(int t)
        {
            Entry oldest = Waiting[t][0];
            Waiting[t].RemoveAt(0);
            Memory[oldest.Variable] = oldest.IsSum ? Memory[oldest.Variable] + oldest.Value : oldest.Value;
        }
    }
}
