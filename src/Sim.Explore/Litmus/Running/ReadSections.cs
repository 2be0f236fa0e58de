using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Explore.Litmus.Running;

/// <summary>
/// The read-side sections of the threads of a litmus test. A section is noticed at once when it begins;
/// its end goes through the store buffer of its processor, behind everything that was stored in it.
/// </summary>
internal sealed class ReadSections : MachineObject
{
    private readonly Ghost<int>[] _begun;
    private readonly Ghost<int>[] _depth;
    private readonly Shared<int>[] _ended;

    internal ReadSections(MachineObject world, int threads)
        : base(world, "rcu", null)
    {
        _begun = [.. Enumerable.Range(0, threads).Select(i => new Ghost<int>(this, $"begun{i}"))];
        _depth = [.. Enumerable.Range(0, threads).Select(i => new Ghost<int>(this, $"depth{i}"))];
        _ended = [.. Enumerable.Range(0, threads).Select(i => new Shared<int>(this, $"ended{i}"))];
    }

    /// <summary>Begins a section, or a section within one.</summary>
    internal async Op Enter(Cpu cpu)
    {
        int me = cpu.Fiber.Index;
        if (_depth[me].Peek == 0)
        {
            await cpu.Store(_begun[me], _begun[me].Peek + 1);
            cpu.EnterReadSection();
        }

        _depth[me].Note(_depth[me].Peek + 1);
    }

    /// <summary>Ends the innermost section.</summary>
    internal async Op Leave(Cpu cpu)
    {
        int me = cpu.Fiber.Index;
        if (_depth[me].Peek == 1)
        {
            await cpu.EndReadSection(_ended[me], _begun[me].Peek);
        }

        _depth[me].Note(Math.Max(0, _depth[me].Peek - 1));
    }

    /// <summary>Waits for every section that has begun.</summary>
    internal async Op WaitForAll(Cpu cpu)
    {
        if (Machine.Views is not null)
        {
            await cpu.Watch(_begun.Aggregate(WatchSet.Always, static (all, begun) => all.With(begun, 0)));
            cpu.BeginGracePeriod();
        }

        for (int i = 0; i < _begun.Length; i++)
        {
            int begun = await cpu.Load(_begun[i]);
            int ended = await cpu.Load(_ended[i]);
            while (ended < begun)
            {
                ended = await cpu.LoadWhen(_ended[i], GuardKind.NotEqual, ended);
            }
        }
    }
}
