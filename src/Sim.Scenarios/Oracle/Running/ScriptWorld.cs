using System.Collections.Frozen;
using System.Collections.Immutable;
using Sim.Kernel;
using Sim.Kernel.Pids;
using Sim.Kernel.Tasks;
using Sim.Kernel.UserMode;
using Sim.Machine;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;
using Sim.Scenarios.Life;
using Sim.Scenarios.Oracle.Scripts;

namespace Sim.Scenarios.Oracle.Running;

/// <summary>
/// A kernel whose processes run the programs of a script: H is init and reaps nothing until the root's program has
/// ended, then everybody is killed and reaped.
/// </summary>
/// <remarks>
/// H, the root and its descendants begin in one session and one process group. As under a shell with job control
/// that group is not orphaned: a task that never runs is in it, whose parent leads another group of that session.
/// </remarks>
internal sealed class ScriptWorld : MachineObject
{
    internal const int Flags = 64;
    private const string InitName = "H";

    private readonly ImmutableArray<string> _children;
    private readonly Shared<int> _forked;
    private readonly FrozenDictionary<string, TaskName> _names;
    private readonly ImmutableArray<Shared<int>> _flags;

    internal ScriptWorld(SimMachine machine, Script script, ImmutableArray<string> children, KernelOptions? options = null)
        : base(machine, "world", "script")
    {
        Script = script;
        _children = children;
        _forked = new Shared<int>(this, "forked");
        Pipe = new Shared<int>(this, "pipe");
        Ended = new Ghost<bool>(this, "ended");
        _flags = [.. Enumerable.Range(0, Flags).Select(flag => new Shared<int>(this, FormattableString.Invariant($"flag[{flag}]")))];
        _names = script.TaskNames.Concat(children).Append(script.Root).Append(InitName).Distinct(StringComparer.Ordinal)
            .ToFrozenDictionary(name => name, name => new TaskName(machine, name), StringComparer.Ordinal);
        Log = new EventLog(machine, this);
        Numbers = new NumberTable(machine);
        Kernel = new LinuxKernel(machine, new LifeHooks(machine), options ?? new KernelOptions { PidMax = 128 });
        Settling = new Settling(this);
        TaskStruct init = Kernel.MakeInit(new RoutineProgram(InitMain));
        machine.BootCpu.Current = init;
        Root = Kernel.MakeProcess(script.Root, init, new ScriptProgram(this, NewActor(script.Root), script.Main, isRoot: true));
        Numbers.Preset(machine.BootCpu, Name(InitName), init);
        Numbers.Preset(machine.BootCpu, Name(script.Root), Root);
        JoinByShell(init);
        machine.Settled = Settling.Advance;
    }

    internal Script Script { get; }

    internal LinuxKernel Kernel { get; }

    internal EventLog Log { get; }

    internal NumberTable Numbers { get; }

    internal Settling Settling { get; }

    internal TaskStruct Root { get; }

    /// <summary>Bytes in the one pipe there is.</summary>
    internal Shared<int> Pipe { get; }

    /// <summary>The root's program is over; nothing is logged any more.</summary>
    internal Ghost<bool> Ended { get; }

    internal TaskName Name(string name)
        => _names.TryGetValue(name, out TaskName? found) ? found : throw new NotSupportedException($"unknown task {name}");

    internal Shared<int> Flag(int number)
        => number < Flags ? _flags[number] : throw new NotSupportedException($"flag {number}: flags are less than {Flags}");

    internal Actor NewActor(string name) => new(Machine, Name(name));

    /// <summary>What the child of a clone in place is called: its variable, unless only the log names it.</summary>
    internal async Op<TaskName> NameOfChild(Cpu cpu, string variable)
    {
        if (_children.IsEmpty)
        {
            return Name(variable);
        }

        int number = await cpu.Rmw(_forked, RmwKind.Add, 1);
        return Name(_children[number % _children.Length]);
    }

    /// <summary>A task in the root's process group, with a parent in another group of its session.</summary>
    private void JoinByShell(TaskStruct init)
    {
        Cpu boot = Machine.BootCpu;
        TaskStruct shell = Kernel.MakeTask("shell");
        TaskStruct job = Kernel.MakeTask("job", shell);
        Move(boot, job, PidType.Pgid, job.Signal.Pgrp, init.Signal.Pgrp.Peek!);
        Move(boot, job, PidType.Sid, job.Signal.Session, init.Signal.Session.Peek!);
        Move(boot, shell, PidType.Sid, shell.Signal.Session, init.Signal.Session.Peek!);
        Kernel.Processes.Remove(boot, shell);
        Kernel.Processes.Remove(boot, job);
    }

    private static void Move(Cpu boot, TaskStruct task, PidType type, GuardedRef<Pid> cell, Pid to)
    {
        cell.Peek!.Members(type).Remove(boot, task);
        cell.Set(boot, to);
        PidTable.Attach(boot, task, type, to);
    }

    private async Op<int> InitMain(User user)
    {
        await Settling.UntilTheEnd(user);
        await user.Kill(-1, Sim.Kernel.Abi.Signals.SIGKILL);
        long reaped;
        do
        {
            reaped = (await user.Wait4(-1, Sim.Kernel.Abi.WaitOptions.All)).Result;
        }
        while (reaped > 0);

        await user.Cpu.End();
        return 0;
    }
}
