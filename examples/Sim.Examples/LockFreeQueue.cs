using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Examples;

/// <summary>
/// The queue of Michael and Scott (PODC 1996): a list with a dummy at its head. Whoever finds the tail
/// lagging behind helps it on; nobody ever waits for anybody. Nodes are numbered, and a node's value is
/// its number; 0 is the first dummy, and "nothing".
/// </summary>
internal sealed class LockFreeQueue : MachineObject
{
    private readonly Shared<int> _head;
    private readonly Shared<int> _tail;
    private readonly Shared<int>[] _next;
    private readonly bool _checks;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="machine">The machine that it lives on.</param>
    /// <param name="nodes">How many values there may be, from 1.</param>
    /// <param name="checks">Whether a node is appended only where the list still ends; without that, values get lost.</param>
    internal LockFreeQueue(SimMachine machine, int nodes, bool checks = true)
        : base(machine, "queue", "queue")
    {
        _head = new Shared<int>(this, "head");
        _tail = new Shared<int>(this, "tail");
        _next = [.. Enumerable.Range(0, nodes + 1).Select(i => new Shared<int>(this, $"next[{i}]"))];
        _checks = checks;
    }

    /// <summary>What is in the queue, oldest first; for the end of an execution.</summary>
    internal IReadOnlyList<int> Content
    {
        get
        {
            var content = new List<int>();
            for (int node = _next[_head.Peek].Peek; node != 0; node = _next[node].Peek)
            {
                content.Add(node);
            }

            return content;
        }
    }

    /// <summary>Appends a value.</summary>
    internal async Op Enqueue(Cpu cpu, int value)
    {
        while (true)
        {
            int tail = await cpu.Load(_tail);
            int next = await cpu.Load(_next[tail]);
            if (next != 0)
            {
                await cpu.CompareExchange(_tail, tail, next);
            }
            else if (await Append(cpu, tail, value))
            {
                await cpu.CompareExchange(_tail, tail, value);
                return;
            }
        }
    }

    /// <summary>Takes the oldest value out; 0 when there is none.</summary>
    internal async Op<int> Dequeue(Cpu cpu)
    {
        while (true)
        {
            int head = await cpu.Load(_head);
            int tail = await cpu.Load(_tail);
            int next = await cpu.Load(_next[head]);
            if (next == 0)
            {
                return 0;
            }

            if (head == tail)
            {
                await cpu.CompareExchange(_tail, tail, next);
            }
            else if (await cpu.CompareExchange(_head, head, next) == head)
            {
                return next;
            }
        }
    }

    private async Op<bool> Append(Cpu cpu, int tail, int value)
    {
        if (_checks)
        {
            return await cpu.CompareExchange(_next[tail], 0, value) == 0;
        }

        await cpu.Store(_next[tail], value);
        return true;
    }
}
