using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Unit.Machine.State;

/// <summary>Something to point at, list and free.</summary>
public sealed class Crate : MachineObject
{
    public Crate(SimMachine machine)
        : base(machine, "crate")
        => Content = new Shared<int>(this, "content");

    public Shared<int> Content { get; }
}

/// <summary>A sleeping lock, the least that a guardian can be.</summary>
public sealed class ToyLock : MachineObject, IGuardian
{
    private readonly Shared<int> _taken;

    public ToyLock(SimMachine machine)
        : base(machine, "lock")
        => _taken = new Shared<int>(this, "taken");

    public async Op Take(Cpu cpu)
    {
        await cpu.RmwWhen(_taken, GuardKind.Equal, 0, RmwKind.Exchange, 1);
        cpu.Fiber.Hold(this);
    }

    public async Op Drop(Cpu cpu)
    {
        cpu.Fiber.Release(this);
        await cpu.Store(_taken, 0);
    }

    public bool Admits(Fiber fiber, bool write) => fiber.Held.Contains(this);
}

/// <summary>An object with every sort of word and collection, and a routine that uses all of them.</summary>
public sealed class Depot : MachineObject
{
    public Depot(SimMachine machine)
        : base(machine, "depot")
    {
        Lock = new ToyLock(machine);
        Number = new Shared<int>(this, "number");
        Small = new Shared<byte>(this, "small");
        Seen = new Ghost<long>(this, "seen");
        Goods = new SharedRef<Crate>(this, "goods");
        Kept = new Guarded<short>(this, "kept", Lock);
        KeptGoods = new GuardedRef<Crate>(this, "kept_goods", Lock);
        Loose = new Guarded<int>(this, "loose", null);
        List = new MachineList<Crate>(this, "list", Lock);
    }

    public ToyLock Lock { get; }

    public Shared<int> Number { get; }

    public Shared<byte> Small { get; }

    public Ghost<long> Seen { get; }

    public SharedRef<Crate> Goods { get; }

    public Guarded<short> Kept { get; }

    public GuardedRef<Crate> KeptGoods { get; }

    /// <summary>No lock protects it: accesses must be ordered by something else.</summary>
    public Guarded<int> Loose { get; }

    public MachineList<Crate> List { get; }

    /// <summary>Does what the world chooses, for ever: every kind of write there is.</summary>
    public async Op Busy(Cpu cpu)
    {
        for (int round = 0; ; round++)
        {
            switch (await cpu.Choose(8))
            {
                case 0:
                    await cpu.Store(Number, round);
                    break;
                case 1:
                    await cpu.Rmw(Small, RmwKind.Add, (byte)200);
                    break;
                case 2:
                    await cpu.Store(Seen, await cpu.Load(Number) + 1);
                    break;
                case 3:
                    await cpu.Store(Goods, new Crate(Machine));
                    break;
                case 4:
                    await Fill(cpu, round);
                    break;
                case 5:
                    await Empty(cpu);
                    break;
                case 6:
                    await Replace(cpu);
                    break;
                default:
                    await cpu.CompareExchange(Number, 3, round);
                    break;
            }
        }
    }

    /// <summary>Takes out the last crate and gives it back; nobody else knows it by then.</summary>
    private async Op Empty(Cpu cpu)
    {
        await Lock.Take(cpu);
        int count = List.Count(cpu);
        if (count > 0)
        {
            Crate crate = List.At(cpu, count - 1);
            List.Remove(cpu, crate);
            if (KeptGoods.Get(cpu) == crate)
            {
                KeptGoods.Set(cpu, null);
            }

            await cpu.Free(crate);
        }

        await Lock.Drop(cpu);
    }

    private async Op Fill(Cpu cpu, int round)
    {
        await Lock.Take(cpu);
        var crate = new Crate(Machine);
        await cpu.Store(crate.Content, round);
        List.Insert(cpu, List.Count(cpu) / 2, crate);
        KeptGoods.Set(cpu, crate);
        Kept.Set(cpu, (short)-round);
        await Lock.Drop(cpu);
    }

    private async Op Replace(Cpu cpu)
    {
        Crate? crate = await cpu.Load(Goods);
        if (crate is not null)
        {
            await cpu.Store(crate.Content, 1);
        }

        await cpu.Store(Goods, null);
    }
}
