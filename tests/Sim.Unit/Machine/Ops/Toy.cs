using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Machine.Ops;

/// <summary>An error that a simulated routine throws.</summary>
public sealed class ToyException(string message) : Exception(message);

/// <summary>An answer of more than one word.</summary>
public readonly record struct Pair(int First, long Second, bool Third);

/// <summary>A few words, and routines over them that use every shape of control flow.</summary>
public sealed class Toy : MachineObject
{
    public Toy(SimMachine machine)
        : base(machine, "toy")
    {
        X = new Shared<int>(this, "x");
        Y = new Shared<int>(this, "y");
        Out = new Shared<long>(this, "out");
        Log = new Guarded<long>(this, "log", null);
    }

    public Shared<int> X { get; }

    public Shared<int> Y { get; }

    public Shared<long> Out { get; }

    /// <summary>Digits, one for each thing that happened.</summary>
    public Guarded<long> Log { get; }

    /// <summary>Counts x up, so that each load of another fiber can see something else.</summary>
    public async Op CountUp(Cpu cpu, int times)
    {
        for (int i = 1; i <= times; i++)
        {
            await cpu.Store(X, i);
        }
    }

    /// <summary>Writes what the world chooses.</summary>
    public async Op WriteChosen(Cpu cpu, int alternatives)
    {
        int chosen = await cpu.Choose(alternatives);
        await cpu.Store(X, chosen);
    }

    /// <summary>A local is carried over many suspensions of a loop.</summary>
    public async Op Sum(Cpu cpu, int times)
    {
        long sum = 0;
        for (int i = 0; i < times; i++)
        {
            sum = (sum * 10) + await cpu.Load(X);
        }

        await cpu.Store(Out, sum);
    }

    /// <summary>Each of several nested calls keeps locals over suspensions before and after its own call.</summary>
    public async Op<long> Nest(Cpu cpu, int deep)
    {
        int before = await cpu.Load(X);
        long inner = deep > 1 ? await Nest(cpu, deep - 1) : 0;
        int after = await cpu.Load(X);
        return (inner * 100) + (before * 10) + after;
    }

    public async Op NestAndStore(Cpu cpu, int deep)
    {
        long answer = await Nest(cpu, deep);
        await cpu.Store(Out, answer);
    }

    /// <summary>Throws before its first suspension when <paramref name="first"/>, else after it.</summary>
    public async Op<int> Throw(Cpu cpu, bool first)
    {
        if (first)
        {
            throw new ToyException("at once");
        }

        int seen = await cpu.Load(X);
        if (seen != 0)
        {
            throw new ToyException($"saw {seen}");
        }

        return 7;
    }

    /// <summary>Catches what two calls deeper was thrown, over suspensions on both sides.</summary>
    public async Op Catch(Cpu cpu, bool first)
    {
        long result = 0;
        int before = await cpu.Load(X);
        try
        {
            result = await PassOn(cpu, first);
        }
        catch (ToyException e)
        {
            result = -e.Message.Length - (await cpu.Load(X) * 100);
        }
        finally
        {
            result = (result * 10) + before;
        }

        await cpu.Store(Out, result);
    }

    /// <summary>Throws out of every routine: the fiber dies.</summary>
    public async Op Oops(Cpu cpu)
    {
        await cpu.Store(Y, 1);
        await PassOn(cpu, first: false);
        await cpu.Store(Y, 2);
    }

    /// <summary>Leaves nested finally and using blocks by their end, by return and by exception.</summary>
    public async Op Unwind(Cpu cpu)
    {
        try
        {
            using (new Mark(cpu, this, 1))
            {
                int seen = await cpu.Load(X);
                if (seen == 1)
                {
                    return;
                }

                try
                {
                    await Throw(cpu, first: false);
                }
                finally
                {
                    await cpu.Store(Y, 5);
                    Note(cpu, 2);
                }
            }
        }
        catch (ToyException)
        {
            await cpu.Store(Y, 6);
            Note(cpu, 3);
        }
        finally
        {
            Note(cpu, 4);
        }
    }

    public async Op AnswerStructs(Cpu cpu)
    {
        (int a, int b) = await Both(cpu);
        Pair pair = await Three(cpu);
        int? maybe = await Maybe(cpu);
        await cpu.Store(Out, (a * 1000) + (b * 100) + (pair.First * 10) + pair.Second + (maybe ?? -1));
    }

    /// <summary>Awaits that complete at once lie between those that suspend.</summary>
    public async Op MixSynchronous(Cpu cpu)
    {
        await Op.Done;
        long sum = await Op<int>.Of(3);
        sum += await AtOnce(4);
        sum = (sum * 10) + await cpu.Load(X);
        sum += await AtOnce(5);
        sum = (sum * 10) + await AtOnceOrNot(cpu, 1);
        sum = (sum * 10) + await AtOnceOrNot(cpu, 0);
        await cpu.Store(Out, sum);
    }

    /// <summary>Starts two fibers between its own steps.</summary>
    public async Op SpawnTwo(Cpu cpu)
    {
        int seen = await cpu.Load(X);
        Machine.Spawn("child", seen == 0 ? AddOne : AddTen);
        await cpu.Store(Y, 1);
        Machine.Spawn("idle", ReturnAtOnce);
        Machine.Spawn("late", AddTen);
    }

    /// <summary>Starts a fiber whose routine throws while it is being started, and goes on.</summary>
    public async Op SpawnThrowing(Cpu cpu)
    {
        await cpu.Store(Y, 1);
        Machine.Spawn("broken", ThrowPlainly);
        await cpu.Store(Y, 2);
    }

    public async Op Spin(Cpu cpu)
    {
        while (true)
        {
            await SpinDeeper(cpu, 4);
        }
    }

    private async Op<int> SpinDeeper(Cpu cpu, int deep)
    {
        int below = deep == 0 ? 0 : await SpinDeeper(cpu, deep - 1);
        await cpu.Rmw(X, RmwKind.Add, 1);
        return below + await cpu.Load(X);
    }

    private async Op<int> PassOn(Cpu cpu, bool first)
    {
        int answer = await Throw(cpu, first);
        await cpu.Yield();
        return answer;
    }

    private async Op<(int A, int B)> Both(Cpu cpu)
    {
        int a = await cpu.Load(X);
        return (a, await cpu.Load(X));
    }

    private async Op<Pair> Three(Cpu cpu)
    {
        Pair pair = new(await cpu.Load(X), 0, true);
        return pair with { Second = await cpu.Load(X) };
    }

    private async Op<int?> Maybe(Cpu cpu)
    {
        int seen = await cpu.Load(X);
        return seen == 0 ? null : seen;
    }

    private static async Op<int> AtOnce(int value)
    {
        await Op.Done;
        return value;
    }

    private async Op<int> AtOnceOrNot(Cpu cpu, int value)
    {
        if (value != 0)
        {
            return value;
        }

        return await cpu.Load(X);
    }

    private async Op AddOne(Cpu cpu) => await cpu.Rmw(Out, RmwKind.Add, 1);

    private async Op AddTen(Cpu cpu) => await cpu.Rmw(Out, RmwKind.Add, 10);

    private static async Op ReturnAtOnce(Cpu cpu) => await Op.Done;

    private static Op ThrowPlainly(Cpu cpu) => throw new ToyException("not even a routine");

    private void Note(Cpu cpu, int digit) => Log.Set(cpu, (Log.Get(cpu) * 10) + digit);

    private readonly struct Mark(Cpu cpu, Toy toy, int digit) : IDisposable
    {
        public void Dispose() => toy.Note(cpu, digit);
    }
}
