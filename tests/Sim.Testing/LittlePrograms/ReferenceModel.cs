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
    public static ISet<string> FinalStates(LittleProgram program, MemoryModel memory)
    {
        var model = new ReferenceModel(program, memory);
        model.Visit(new State(program));
        return model._final;
    }

    private void Visit(State state)
    {
        if (!_seen.Add(state.ToString()))
        {
            return;
        }

        bool moved = false;
        for (int t = 0; t < _program.Threads.Count; t++)
        {
            if (state.Waiting[t].Count > 0)
            {
                moved = true;
                State next = state.Copy();
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
                state.Memory,
                state.Record,
                state.Pc.Select((pc, t) => state.Started[t] && pc >= _program.Threads[t].Count)));
        }
    }

    private bool Execute(State state, int t, Instruction i)
    {
        bool waitsForBuffer = i.Verb is Verb.CompareExchange or Verb.Add or Verb.Lock or Verb.Take
            or Verb.WaitFor or Verb.WaitWhile or Verb.Fence or Verb.Watch;
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
            Started = [.. Enumerable.Range(0, threads).Select(t => !program.IsStarted(t))];
            Waiting = [.. Enumerable.Range(0, threads).Select(_ => new List<Entry>())];
        }

        private State(State other)
        {
            (Memory, Pc, R) = ([.. other.Memory], [.. other.Pc], [.. other.R]);
            (Record, Started) = ([.. other.Record], [.. other.Started]);
            Waiting = [.. other.Waiting.Select(buffer => new List<Entry>(buffer))];
        }

        internal int[] Memory { get; }

        internal int[] Pc { get; }

        internal int[] R { get; }

        internal int[] Record { get; }

        internal bool[] Started { get; }

        internal List<Entry>[] Waiting { get; }

        public override string ToString() => string.Join(
            '|',
            LittleProgram.Describe(Memory, Record, Started),
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
