using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Machine;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>The 64 actions of a process. It never changes: sigaction() makes another.</summary>
public sealed class SigActionTable : MachineObject
{
    private readonly ImmutableArray<SigAction> _actions;

    /// <summary>Every signal has its default action.</summary>
    public SigActionTable(SimMachine machine)
        : this(machine, [.. new SigAction[Abi.Signals.SIGRTMAX]])
    {
    }

    private SigActionTable(SimMachine machine, ImmutableArray<SigAction> actions)
        : base(machine, "actions")
        => _actions = actions;

    /// <summary>The action for a signal from 1 to 64.</summary>
    public SigAction this[int signal] => _actions[signal - 1];

    /// <summary>The table with one action changed.</summary>
    public SigActionTable With(int signal, SigAction action)
        => new(Machine, _actions.SetItem(signal - 1, action));

    /// <summary>What is left after exec: ignored signals stay ignored, handlers are gone.</summary>
    /// <remarks>Linux: kernel/signal.c flush_signal_handlers().</remarks>
    public SigActionTable AfterExec()
        => new(Machine, [.. _actions.Select(action => action.IsIgnore ? SigAction.Ignore : SigAction.Default)]);
}
