using Sim.Explore.Litmus.Programs;
using Sim.Machine;
using Sim.Machine.Memory;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Explore.Litmus.Running;

/// <summary>A litmus test on a machine: its words are cells, its threads are fibers.</summary>
internal sealed partial class LitmusWorld : MachineObject
{
    private static readonly Site s_fence = new("Litmus.Fence", SiteKind.Fence, "", "a barrier of a litmus test");

    private readonly LitmusTest _test;
    private readonly Shared<long>[] _words;
    private readonly Ghost<long>[][] _registers;
    private readonly Ghost<bool>[] _strayed;
    private readonly ReadSections _sections;
    private readonly Ghost<long>[] _executed;

    /// <summary>Makes the words and starts the threads.</summary>
    internal LitmusWorld(SimMachine machine, LitmusTest test)
        : base(machine, "litmus")
    {
        _test = test;
        _words = [.. test.Symbols.Names.Select((name, i) => new Shared<long>(this, name, test.InitialValue(i)))];
        _registers = [.. test.Threads.Select(RegistersOf)];
        _strayed = [.. test.Threads.Select((_, i) => new Ghost<bool>(this, $"strayed{i}"))];
        _sections = new ReadSections(this, test.Threads.Count);
        _executed = [.. test.Threads.Select((_, i) => new Ghost<long>(this, $"executed{i}", 59))];
        Views?.FollowPrograms();
        for (int i = 0; i < test.Threads.Count; i++)
        {
            int thread = i;
            machine.Spawn($"P{i}", cpu => Run(cpu, thread));
        }
    }

    /// <summary>Whether the execution that has ended counts: every thread came to its end.</summary>
    internal bool IsComplete
    {
        get
        {
            bool isComplete = Array.TrueForAll(_strayed, static cell => !cell.Peek);
            foreach (Fiber fiber in Machine.AllFibers)
            {
                isComplete &= fiber.IsFinished;
            }

            return isComplete;
        }
    }

    /// <summary>What a place holds now.</summary>
    internal long ContentOf(Place place)
        => place.Thread < 0 ? _words[place.Number].Peek : _registers[place.Thread][place.Number].Peek;

    private Ghost<long>[] RegistersOf(LitmusThread thread, int number)
        => [.. thread.InitialRegisters().Select((value, i) => new Ghost<long>(this, $"P{number}.{i}", value))];

    private async Op Run(Cpu cpu, int thread)
    {
        for (int at = 0; at < _test.Threads[thread].Code.Count && !_strayed[thread].Peek; at++)
        {
            at = Skip(thread, at);
            if (at < _test.Threads[thread].Code.Count)
            {
                await Step(cpu, thread, at);
            }
        }
    }

    /// <summary>Executes what needs no scheduling point; answers where the first other instruction stands.</summary>
    private int Skip(int thread, int at)
    {
        IReadOnlyList<Instruction> code = _test.Threads[thread].Code;
        while (at < code.Count)
        {
            switch (code[at])
            {
                case Assign assign:
                    Views?.Assign(Machine.CurrentProcess, assign.Register, Registers(assign.Value));
                    Put(thread, assign.Register, Evaluate(thread, assign.Value));
                    at++;
                    break;
                case Branch branch:
                    Views?.Branch(Machine.CurrentProcess, at, Registers(branch.Condition), branch.Scope);
                    at = Evaluate(thread, branch.Condition) == 0 ? branch.Target : at + 1;
                    break;
                default:
                    return at;
            }
        }

        return at;
    }

    private async Op Step(Cpu cpu, int thread, int at)
    {
        Instruction instruction = _test.Threads[thread].Code[at];
        Depend(cpu, at, instruction);
        if (instruction is Fence fence)
        {
            await Pass(cpu, fence.Barrier);
            return;
        }

        int word = WordOf(thread, instruction);
        if (word < 0)
        {
            _strayed[thread].Note(true);
            return;
        }

        switch (instruction)
        {
            case Load { Order: AccessOrder.Acquire } load:
                Put(thread, load.Register, await cpu.LoadAcquire(_words[word]));
                break;
            case Load load:
                Put(thread, load.Register, await cpu.Load(_words[word]));
                break;
            case Store { Order: AccessOrder.Release } store:
                await cpu.StoreRelease(_words[word], Evaluate(thread, store.Value));
                break;
            case Store store:
                await cpu.Store(_words[word], Evaluate(thread, store.Value));
                break;
            case Lock:
                await cpu.RmwWhen(_words[word], GuardKind.Equal, 0, RmwKind.Exchange, 1);
                break;
            case Unlock:
                await cpu.Unlock(_words[word], 0L);
                break;
            case Rmw rmw:
                await Change(cpu, thread, rmw, word);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        Keep(cpu, thread, instruction);
    }

    private async Op Pass(Cpu cpu, Barrier barrier)
    {
        switch (barrier)
        {
            case Barrier.Read or Barrier.Lightweight:
                await cpu.Fence(s_fence, FenceKind.Read);
                break;
            case Barrier.Write:
                await cpu.Fence(s_fence, FenceKind.Write);
                break;
            // What these four order, x86 orders anyway.
            case Barrier.BeforeAtomic:
                Views?.PassBeforeAtomic(cpu.Fiber.Index);
                break;
            case Barrier.AfterAtomic:
                Views?.PassAfterAtomic(cpu.Fiber.Index);
                break;
            case Barrier.AfterSpinlock:
                Views?.PassAfterLock(cpu.Fiber.Index);
                break;
            case Barrier.AfterUnlockLock:
                Views?.PassAfterHandOver(cpu.Fiber.Index);
                break;
            case Barrier.Full:
                await cpu.Fence(s_fence);
                break;
            case Barrier.RcuLock:
                await _sections.Enter(cpu);
                break;
            case Barrier.RcuUnlock:
                await _sections.Leave(cpu);
                break;
            case Barrier.SynchronizeRcu:
                await cpu.Fence(s_fence);
                await _sections.WaitForAll(cpu);
                await cpu.Fence(s_fence);
                break;
            case Barrier.Eieio:
                Views?.OrderStores(cpu.Fiber.Index);
                break;
            case Barrier.Instruction:
                Views?.Isolate(cpu.Fiber.Index);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>An atomic operation; those that are no instruction of x86 are a loop around cmpxchg, as there.</summary>
    private async Op Change(Cpu cpu, int thread, Rmw rmw, int word)
    {
        long operand = Evaluate(thread, rmw.Operand);
        long expected = Evaluate(thread, rmw.Expected);
        Ordering order = OrderOf(rmw);
        long old;
        switch (rmw.Operation)
        {
            case RmwOperation.Exchange:
                old = await cpu.Rmw(_words[word], RmwKind.Exchange, operand, order: order);
                break;
            case RmwOperation.Add:
                old = await cpu.Rmw(_words[word], RmwKind.Add, operand, order: order);
                break;
            case RmwOperation.Or:
                old = await cpu.Rmw(_words[word], RmwKind.Or, operand, order: order);
                break;
            case RmwOperation.CompareExchange:
                old = await cpu.CompareExchange(_words[word], expected, operand, order);
                break;
            case RmwOperation.TryLock:
                old = await cpu.CompareExchange(_words[word], 0, 1, Ordering.Lock);
                break;
            case RmwOperation.AddUnless when Views is not null:
                old = await cpu.AddUnless(_words[word], expected, operand, order);
                break;
            case RmwOperation.And when Views is not null:
                old = await cpu.Rmw(_words[word], RmwKind.And, operand, order: order);
                break;
            case RmwOperation.Xor when Views is not null:
                old = await cpu.Rmw(_words[word], RmwKind.Xor, operand, order: order);
                break;
            case RmwOperation.AddUnless or RmwOperation.And or RmwOperation.Xor:
                long seen = await cpu.Load(_words[word]);
                while (rmw.Writes(seen, expected))
                {
                    old = await cpu.CompareExchange(_words[word], seen, rmw.Stored(seen, operand), order);
                    if (old == seen)
                    {
                        break;
                    }

                    seen = old;
                }

                old = seen;
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        bool wrote = rmw.Writes(old, expected);
        Put(thread, rmw.Register, rmw.AnswerOf(old, wrote ? rmw.Stored(old, operand) : old, wrote));
    }

    private static Ordering OrderOf(Rmw rmw) => rmw.Order switch
    {
        AccessOrder.Full => Ordering.Usual,
        AccessOrder.NoReturn => Ordering.NoReturn,
        AccessOrder.Acquire => Ordering.Acquire,
        AccessOrder.Release => Ordering.Release,
        AccessOrder.Plain or AccessOrder.Once => Ordering.Relaxed,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Expression? AddressOf(Instruction instruction) => instruction switch
    {
        Load load => load.Address,
        Store store => store.Address,
        Rmw rmw => rmw.Address,
        Lock taken => taken.Address,
        Unlock given => given.Address,
        _ => null,
    };

    private int WordOf(int thread, Instruction instruction) => _test.Symbols.At(Evaluate(thread, AddressOf(instruction)!));

    private long Evaluate(int thread, Expression expression)
    {
        Ghost<long>[] cells = _registers[thread];
        Span<long> values = cells.Length <= 64 ? stackalloc long[cells.Length] : new long[cells.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = cells[i].Peek;
        }

        return expression.Evaluate(values);
    }

    private void Put(int thread, int register, long value)
    {
        if (register >= 0)
        {
            _registers[thread][register].Note(value);
        }
    }
}
