using BenchmarkDotNet.Attributes;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Bench;

/// <summary>Direct mode: the life of a fiber and what it does most, beside many that sleep.</summary>
[MemoryDiagnoser]
public class DirectBenchmarks
{
    private const int Rounds = 1000;

    private SimMachine _machine = null!;
    private Words _words = null!;
    private Cpu _cpu = null!;
    private Words[] _sleepers = [];
    private MachineList<Words> _list = null!;

    /// <summary>How many other fibers are blocked meanwhile, each on a word of its own.</summary>
    [Params(10, 1_000, 100_000)]
    public int Others { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct });
        _words = new Words(_machine);
        _cpu = _machine.BootCpu;
        _list = new MachineList<Words>(_words, "list", null);
        _sleepers = [.. Enumerable.Range(0, Others).Select(_ => new Words(_machine))];
        foreach (Words sleeper in _sleepers)
        {
            _machine.Spawn("sleeper", sleeper);
            _list.Add(_cpu, sleeper);
        }

        _machine.Run();
    }

    /// <summary>One fiber starts, sleeps, is woken and ends; each time it is the child of another.</summary>
    [Benchmark(Description = "start, block, wake and end a fiber", OperationsPerInvoke = Rounds)]
    public void LifeOfAFiber()
    {
        _machine.Spawn("parent", new Parent(_words, Rounds));
        _machine.Run();
    }

    /// <summary>Two fibers wake each other in turn: each round is two blocks and two wakes.</summary>
    [Benchmark(Description = "block and wake, twice", OperationsPerInvoke = Rounds)]
    public void PingPong()
    {
        _machine.Spawn("ping", cpu => _words.Turns(cpu, 0, Rounds));
        _machine.Spawn("pong", cpu => _words.Turns(cpu, 1, Rounds));
        _machine.Run();
    }

    [Benchmark(Description = "take and give up a free lock", OperationsPerInvoke = Rounds)]
    public void FreeLock() => _words.LockUnlock(_cpu, Rounds).GetAwaiter().GetResult();

    [Benchmark(Description = "locked or of a word", OperationsPerInvoke = Rounds)]
    public void Or() => _words.Or(_cpu, Rounds).GetAwaiter().GetResult();

    [Benchmark(Description = "store a pointer and load it", OperationsPerInvoke = Rounds)]
    public void PointAndLook() => _words.Point(_cpu, Rounds).GetAwaiter().GetResult();

    [Benchmark(Description = "take out of a list and put back", OperationsPerInvoke = Rounds)]
    public void List()
    {
        for (int i = 0; i < Rounds; i++)
        {
            Words item = _sleepers[i % _sleepers.Length];
            _list.Remove(_cpu, item);
            _list.Add(_cpu, item);
        }
    }

    /// <summary>Makes children one after the other and wakes each.</summary>
    [MachineOwned]
    private sealed class Parent(Words child, int rounds) : IRoutine
    {
        public async Op Run(Cpu cpu)
        {
            for (int i = 0; i < rounds; i++)
            {
                cpu.Machine.Spawn("child", child);
                await cpu.Yield();
                await child.Wake(cpu);
                await cpu.Yield();
                await child.Shut(cpu);
            }
        }
    }

    /// <summary>Words, and the routine of a fiber that sleeps until one of them is not 0.</summary>
    [MachineOwned]
    private sealed class Words : MachineObject, IRoutine
    {
        private readonly Shared<int> _state;
        private readonly Shared<int> _flags;
        private readonly SharedRef<Words> _peer;

        internal Words(SimMachine machine)
            : base(machine, "words")
        {
            _state = new Shared<int>(this, "state");
            _flags = new Shared<int>(this, "flags");
            _peer = new SharedRef<Words>(this, "peer");
        }

        public async Op Run(Cpu cpu) => await cpu.LoadWhen(_state, GuardKind.NotEqual, 0);

        internal async Op Wake(Cpu cpu) => await cpu.Store(_state, 1);

        internal async Op Shut(Cpu cpu) => await cpu.Store(_state, 0);

        internal async Op Turns(Cpu cpu, int mine, int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                await cpu.LoadWhen(_flags, GuardKind.Equal, mine);
                await cpu.Store(_flags, 1 - mine);
            }
        }

        internal async Op LockUnlock(Cpu cpu, int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                await cpu.RmwWhen(_state, GuardKind.Equal, 0, RmwKind.Exchange, 1);
                await cpu.Store(_state, 0);
            }
        }

        internal async Op Or(Cpu cpu, int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                await cpu.Rmw(_flags, RmwKind.Or, 0);
            }
        }

        internal async Op Point(Cpu cpu, int rounds)
        {
            Words? seen = this;
            for (int i = 0; i < rounds; i++)
            {
                await cpu.Store(_peer, seen);
                seen = await cpu.Load(_peer);
            }
        }
    }
}
