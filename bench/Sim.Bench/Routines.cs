using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Bench;

/// <summary>The routines that are measured: endless, with one scheduling point in each round.</summary>
public sealed class Routines : MachineObject
{
    private readonly Shared<int> _word;

    public Routines(SimMachine machine)
        : base(machine, "bench")
        => _word = new Shared<int>(this, "word");

    public async Op Flat(Cpu cpu)
    {
        int sum = 0;
        while (true)
        {
            sum += await cpu.Load(_word);
            if (sum < 0)
            {
                return;
            }
        }
    }

    public async Op FlatRmw(Cpu cpu)
    {
        while (true)
        {
            await cpu.Rmw(_word, RmwKind.Exchange, 1);
        }
    }

    public async Op<int> Deep(Cpu cpu, int frames)
    {
        int local = frames;
        if (frames > 1)
        {
            return local + await Deep(cpu, frames - 1);
        }

        await Flat(cpu);
        return local;
    }

    public async Op FiveDeep(Cpu cpu) => await Deep(cpu, 3);

    public async Op SubCalls(Cpu cpu)
    {
        int sum = 0;
        while (sum >= 0)
        {
            sum += await LoadOnce(cpu);
        }
    }

    public async Op<int> CallAtOnce(Cpu cpu, int times)
    {
        int sum = 0;
        for (int i = 0; i < times; i++)
        {
            sum += await LoadOnce(cpu);
        }

        return sum;
    }

    private async Op<int> LoadOnce(Cpu cpu) => await cpu.Load(_word);
}
