using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Testing.LittlePrograms;

/// <summary>A little program on a machine.</summary>
public sealed class LittleWorld : MachineObject
{
    private static readonly Site s_fence = new("Little.Fence", SiteKind.Fence, "", "between two instructions");

    private readonly LittleProgram _program;
    private readonly Variable[] _variables;
    private readonly Ghost<int>[] _records;
    private readonly Ghost<int>[] _fences;

    /// <summary>Makes the variables and starts the threads.</summary>
    public LittleWorld(SimMachine machine, LittleProgram program)
        : base(machine, "little")
    {
        _program = program;
        _variables = [.. Enumerable.Range(0, program.Variables).Select(i => new Variable(machine, $"v{i}"))];
        _records = [.. program.Threads.Select((_, i) => new Ghost<int>(this, $"record{i}"))];
        _fences = [.. program.Threads.Select((_, i) => new Ghost<int>(this, $"fences{i}"))];
        for (int i = 0; i < program.Threads.Count; i++)
        {
            if (!program.IsStarted(i))
            {
                Start(i);
            }
        }
    }

    /// <summary>The final state in words.</summary>
    public string Describe() => LittleProgram.Describe(
        _variables.Select(variable => variable.Word.Peek).Concat(_variables.Select(variable => variable.Kept.Peek)),
        _records.Select(cell => cell.Peek),
        _program.Threads.Select((_, i) => Machine.AllFibers.Any(
            fiber => fiber.IsFinished && string.Equals(fiber.Name, NameOf(i), StringComparison.Ordinal))));

    /// <summary>How many fences the thread that a fiber runs has passed.</summary>
    public int FencesOf(Fiber fiber) => _fences[int.Parse(fiber.Name, null)].Peek;

    private static string NameOf(int thread) => thread.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Start(int thread) => Machine.Spawn(NameOf(thread), cpu => Run(cpu, thread));

    private async Op Run(Cpu cpu, int thread)
    {
        int r = 0;
        for (int pc = 0; pc < _program.Threads[thread].Count; pc++)
        {
            Instruction i = _program.Threads[thread][pc];
            switch (i.Verb)
            {
                case Verb.Unless:
                    pc += r == i.A ? 0 : i.B;
                    break;
                case Verb.Start:
                    Start(i.A);
                    break;
                case Verb.SetGuarded:
                    _variables[i.Variable].Kept.Set(cpu, i.A);
                    break;
                case Verb.Free:
                    await cpu.Free(_variables[i.Variable]);
                    break;
                case Verb.Fence:
                    await cpu.Fence(s_fence);
                    _fences[thread].Note(_fences[thread].Peek + 1);
                    break;
                case Verb.Store or Verb.StoreNext or Verb.Unlock or Verb.AddUnlocked:
                    await Write(cpu, i, r);
                    break;
                case Verb.Load or Verb.CompareExchange or Verb.Add or Verb.Lock or Verb.WaitFor or Verb.WaitWhile
                    or Verb.Take or Verb.Choose or Verb.Watch or Verb.Yield or Verb.GetGuarded or Verb.Snapshot:
                    r = await Read(cpu, i);
                    _records[thread].Note(LittleProgram.Remember(_records[thread].Peek, r));
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    private async Op Write(Cpu cpu, Instruction i, int r)
    {
        if (i.Verb == Verb.AddUnlocked)
        {
            await cpu.AddUnlocked(_variables[i.Variable].Word, 1);
        }
        else
        {
            await cpu.Store(_variables[i.Variable].Word, i.Stored(r));
        }
    }

    private async Op<int> Read(Cpu cpu, Instruction i)
    {
        Shared<int> v = _variables[i.Variable].Word;
        Shared<int> next = _variables[i.Second(_variables.Length)].Word;
        return i.Verb switch
        {
            Verb.Load => await cpu.Load(v),
            Verb.CompareExchange => await cpu.CompareExchange(v, i.A, i.B),
            Verb.Add => await cpu.Rmw(v, RmwKind.Add, i.A),
            Verb.Lock => await cpu.RmwWhen(v, GuardKind.Equal, 0, RmwKind.Exchange, 1),
            Verb.WaitFor => await cpu.LoadWhen(v, GuardKind.Equal, i.A),
            Verb.WaitWhile => await cpu.LoadWhen(v, GuardKind.NotEqual, i.A),
            Verb.Take => await cpu.RmwWhen(v, GuardKind.NotEqual, 0, RmwKind.Add, -1),
            Verb.Choose => await cpu.Choose(2),
            Verb.Watch => await cpu.Watch(WatchSet.Empty.With(v, i.A).With(next, i.B)),
            Verb.Yield => await cpu.Yield(),
            Verb.GetGuarded => _variables[i.Variable].Kept.Get(cpu),
            Verb.Snapshot => await Both(cpu, v, next),
            Verb.Store or Verb.StoreNext or Verb.Unlock or Verb.Unless or Verb.Fence or Verb.AddUnlocked
                or Verb.Start or Verb.SetGuarded or Verb.Free or _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static async Op<int> Both(Cpu cpu, Shared<int> first, Shared<int> second)
    {
        await cpu.Watch(WatchSet.Always.With(first, 0).With(second, 0));
        return LittleProgram.Both(first.Peek, second.Peek);
    }

    /// <summary>A variable, in an object that can be freed, and a word of that object that is no scheduling point.</summary>
    private sealed class Variable : MachineObject
    {
        internal Variable(SimMachine machine, string name)
            : base(machine, "variable", name)
        {
            Word = new Shared<int>(new Part(this), "word");
            Kept = new Guarded<int>(this, "kept", null);
        }

        internal Shared<int> Word { get; }

        internal Guarded<int> Kept { get; }

        private sealed class Part(Variable whole) : MachineObject(whole, "part", whole.Label);
    }
}
