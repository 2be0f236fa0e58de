using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>One task of a script: what it is called, and its variables. It belongs to the task's fiber.</summary>
internal sealed class Actor : MachineObject
{
    private readonly MachineList<Variable> _variables;

    internal Actor(SimMachine machine, TaskName name)
        : base(machine, "actor", name.Label)
    {
        Name = new GuardedRef<TaskName>(this, "name", null, name);
        _variables = new MachineList<Variable>(this, "variables", null);
    }

    /// <summary>What the log calls it.</summary>
    internal GuardedRef<TaskName> Name { get; }

    /// <summary>The value of a variable, or null if there is none of that name.</summary>
    internal long? Get(Cpu cpu, string name) => Find(cpu, name)?.Value.Get(cpu);

    /// <summary>Gives a variable a value, and makes it if need be.</summary>
    internal void Set(Cpu cpu, string name, long value)
    {
        if (Find(cpu, name) is { } variable)
        {
            variable.Value.Set(cpu, value);
        }
        else
        {
            _variables.Add(cpu, new Variable(Machine, name, value));
        }
    }

    /// <summary>The actor of a child that fork made: it has the same variables.</summary>
    internal Actor Copy(Cpu cpu, TaskName name)
    {
        var copy = new Actor(Machine, name);
        for (int i = 0; i < _variables.Count(cpu); i++)
        {
            Variable variable = _variables.At(cpu, i);
            copy.Set(cpu, variable.Label, variable.Value.Get(cpu));
        }

        return copy;
    }

    private Variable? Find(Cpu cpu, string name)
    {
        for (int i = 0; i < _variables.Count(cpu); i++)
        {
            Variable variable = _variables.At(cpu, i);
            if (string.Equals(variable.Label, name, StringComparison.Ordinal))
            {
                return variable;
            }
        }

        return null;
    }

    private sealed class Variable : MachineObject
    {
        internal Variable(SimMachine machine, string name, long value)
            : base(machine, "variable", name)
            => Value = new Guarded<long>(this, "value", null, value);

        internal Guarded<long> Value { get; }
    }
}
