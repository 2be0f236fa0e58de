using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Unit.Machine.State;

namespace Sim.Unit.Machine.Direct;

/// <summary>Words to wait for on a machine in direct mode, and a diary of what its fibers did.</summary>
public sealed class Workshop : MachineObject
{
    public Workshop()
        : this(new SimMachine(new MachineOptions { Mode = RunMode.Direct }))
    {
    }

    private Workshop(SimMachine machine)
        : base(machine, "workshop")
    {
        Door = new Shared<int>(this, "door");
        Bell = new Shared<int>(this, "bell");
        Bench = new SharedRef<Crate>(this, "bench");
    }

    public Shared<int> Door { get; }

    public Shared<int> Bell { get; }

    public SharedRef<Crate> Bench { get; }

    /// <summary>What happened, in order. It only records: no routine looks at it.</summary>
    public IList<string> Diary { get; } = [];

    public string Story => string.Join(' ', Diary);

    /// <summary>Does something on a processor that belongs to no fiber.</summary>
    public void AtOnce(Func<Cpu, Op> routine) => routine(Machine.BootCpu).GetAwaiter().GetResult();

    public void Write(Cpu cpu) => Diary.Add(cpu.Fiber.Name);

    public void Write(Cpu cpu, int what) => Diary.Add($"{cpu.Fiber.Name}{what}");

    public async Op WaitAtDoor(Cpu cpu, int value)
    {
        await cpu.LoadWhen(Door, GuardKind.Equal, value);
        Write(cpu);
    }

    public async Op OpenDoor(Cpu cpu, int value)
    {
        Write(cpu);
        await cpu.Store(Door, value);
    }

    /// <summary>Takes the door as a lock, keeps it for a turn, and gives it back.</summary>
    public async Op Pass(Cpu cpu)
    {
        await cpu.RmwWhen(Door, GuardKind.Equal, 0, RmwKind.Exchange, 1);
        Write(cpu);
        await cpu.Yield();
        await cpu.Store(Door, 0);
    }

    public async Op YieldTimes(Cpu cpu, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Write(cpu, i);
            await cpu.Yield();
        }
    }

    /// <summary>Sleeps until a word differs from what it was, and writes down what it found.</summary>
    public async Op Watch(Cpu cpu)
    {
        await cpu.Watch(Sight());
        Write(cpu, (await cpu.Load(Door) * 10) + await cpu.Load(Bell));
    }

    private WatchSet Sight() => WatchSet.Empty.With(Door, 0).With(Bell, 0).With(Bench, null);
}
