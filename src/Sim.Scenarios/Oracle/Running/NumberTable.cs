using System.Globalization;
using Sim.Kernel.Tasks;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>Which task of the script a number belongs to, for the log.</summary>
internal sealed class NumberTable : MachineObject
{
    private readonly Chain<Entry> _entries;

    internal NumberTable(SimMachine machine)
        : base(machine, "numbers", "numbers")
        => _entries = new Chain<Entry>(machine, "numbers");

    internal void Preset(Cpu boot, TaskName name, TaskStruct task)
    {
        boot.Store(name.Pid, task.Pid.Peek).GetResult();
        _entries.Preset(new Entry(Machine, task.Pid.Peek, name.Label));
    }

    /// <summary>A task has a number from now on; said by itself and by who made it.</summary>
    internal async Op Register(Cpu cpu, TaskName name, int pid)
    {
        await _entries.Add(cpu, new Entry(Machine, pid, name.Label));
        await cpu.Store(name.Pid, pid);
    }

    /// <summary>The name of a number; the number itself if nobody has it.</summary>
    internal string Peek(long pid)
    {
        Entry? newest = _entries.Peek().FirstOrDefault(entry => entry.Pid == pid);
        return newest?.Name ?? pid.ToString(CultureInfo.InvariantCulture);
    }

    private sealed class Entry(SimMachine machine, int pid, string name) : ChainItem(machine, "number")
    {
        internal int Pid { get; } = pid;

        internal string Name { get; } = name;
    }
}
