using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>A task's name in a script: the number it stands for, and the task's mode.</summary>
internal sealed class TaskName : MachineObject
{
    internal TaskName(SimMachine machine, string name)
        : base(machine, "name", name)
    {
        Pid = new Shared<int>(this, "pid");
        Mode = new Shared<int>(this, "mode");
        HasCommand = new Shared<int>(this, "has_command");
        Command = new SharedRef<Command>(this, "command");
    }

    /// <summary>The number of the task; 0 until it is made.</summary>
    internal Shared<int> Pid { get; }

    /// <summary>What <c>if mode n</c> compares with.</summary>
    internal Shared<int> Mode { get; }

    /// <summary>The command that the task is to execute for another; null for none.</summary>
    internal SharedRef<Command> Command { get; }

    /// <summary>Whether there is one that the task has not taken.</summary>
    internal Shared<int> HasCommand { get; }
}

/// <summary><c>P: a</c> on its way.</summary>
internal sealed class Command : MachineObject
{
    internal Command(SimMachine machine, Scripts.Statement statement)
        : base(machine, "command")
    {
        Statement = statement;
        Done = new Shared<int>(this, "done");
    }

    internal Scripts.Statement Statement { get; }

    /// <summary>Set when it is done, or when it begins if it never comes back.</summary>
    internal Shared<int> Done { get; }
}
