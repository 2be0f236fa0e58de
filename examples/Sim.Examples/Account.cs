using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Examples;

/// <summary>A balance in one word, under a lock of one word.</summary>
internal sealed class Account : MachineObject
{
    private readonly Shared<int> _balance;
    private readonly Shared<int> _lock;
    private readonly bool _locks;

    /// <summary>Makes an empty account.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="locks">False for an account that forgets its lock.</param>
    internal Account(SimMachine machine, bool locks = true)
        : base(machine, "account", "account")
    {
        _balance = new Shared<int>(this, "balance", 0);
        _lock = new Shared<int>(this, "lock", 0);
        _locks = locks;
    }

    /// <summary>What is on it, at the end of an execution.</summary>
    internal int Balance => _balance.Peek;

    /// <summary>Pays something in.</summary>
    internal async Op Pay(Cpu cpu, int amount)
    {
        if (_locks)
        {
            await cpu.RmwWhen(_lock, GuardKind.Equal, 0, RmwKind.Exchange, 1);
        }

        int balance = await cpu.Load(_balance);
        await cpu.Store(_balance, balance + amount);
        if (_locks)
        {
            await cpu.Store(_lock, 0);
        }
    }
}
