using Sim.Kernel;
using Sim.Kernel.Abi;
using Sim.Kernel.Tasks;
using Sim.Kernel.Tracehook;
using Sim.Machine;
using Sim.Machine.Processors;
using Sim.Utrace;
using Sim.Utrace.Variants;

namespace Sim.Bench.Dispatch;

/// <summary>A task in direct mode with some engines, and the hooks that report to them.</summary>
internal sealed class DispatchRig
{
    private readonly UtraceEngine[] _engines;

    /// <summary>Attaches engines.</summary>
    /// <param name="variant">The version of the algorithm.</param>
    /// <param name="engines">How many.</param>
    /// <param name="events">What the interested ones want.</param>
    /// <param name="interested">How many of them want it, the last ones; the others want REAP alone.</param>
    /// <param name="realFences">Whether barriers of the core are barriers of the processor.</param>
    internal DispatchRig(
        UtraceVariant variant, int engines, UtraceEvents events, int interested = int.MaxValue, bool realFences = false)
    {
        Machine = new SimMachine(new MachineOptions { Mode = RunMode.Direct, RealFences = realFences });
        Core = new UtraceCore(Machine, variant);
        Kernel = new LinuxKernel(Machine, Core.Hooks);
        Task = Kernel.MakeTask("target");
        Other = Kernel.MakeTask("other");
        Cpu = Machine.BootCpu;
        Cpu.Current = Other;
        Ops = new QuietOps(Machine);
        _engines = new UtraceEngine[engines];
        for (int i = 0; i < engines; i++)
        {
            _engines[i] = Attach();
            UtraceEvents wanted = i >= engines - interested ? events : UtraceEvents.Reap;
            Core.SetEvents(Cpu, Task, _engines[i], wanted).GetAwaiter().GetResult();
        }

        Cpu.Current = Task;
        Core.Hooks.ReportSyscallExit(Cpu).GetAwaiter().GetResult();
    }

    internal SimMachine Machine { get; }

    internal UtraceCore Core { get; }

    internal LinuxKernel Kernel { get; }

    /// <summary>Who reports.</summary>
    internal TaskStruct Task { get; }

    /// <summary>Who controls.</summary>
    internal TaskStruct Other { get; }

    internal Cpu Cpu { get; }

    internal EngineOps Ops { get; }

    internal UtraceEngine First => _engines[0];

    internal UtraceEngine Attach()
        => Core.AttachTask(Cpu, Task, AttachFlags.Create, Ops, null).GetAwaiter().GetResult().Engine!;

    /// <summary>Calls a hook many times.</summary>
    internal void Report(UtraceEvents reported, int rounds)
    {
        ITracehook hooks = Core.Hooks;
        if (reported == UtraceEvents.SyscallExit)
        {
            for (int i = 0; i < rounds; i++)
            {
                hooks.ReportSyscallExit(Cpu).GetAwaiter().GetResult();
            }
        }
        else if (reported == UtraceEvents.SyscallEntry)
        {
            for (int i = 0; i < rounds; i++)
            {
                hooks.ReportSyscallEntry(Cpu).GetAwaiter().GetResult();
            }
        }
        else if (reported == UtraceEvents.Exec)
        {
            for (int i = 0; i < rounds; i++)
            {
                hooks.ReportExec(Cpu).GetAwaiter().GetResult();
            }
        }
        else if (reported == UtraceEvents.Clone)
        {
            for (int i = 0; i < rounds; i++)
            {
                hooks.ReportClone(Cpu, CloneFlags.None, 2, Other).GetAwaiter().GetResult();
            }
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(reported, UtraceEvents.Exit);
            for (int i = 0; i < rounds; i++)
            {
                hooks.ReportExit(Cpu, 0).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>utrace_set_events() of a running target: one event more, one event less.</summary>
    internal void SetEvents(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            UtraceEvents events = (i & 1) == 0 ? UtraceEvents.Quiesce | UtraceEvents.Exec : UtraceEvents.Quiesce;
            Core.SetEvents(Cpu, Task, First, events).GetAwaiter().GetResult();
        }
    }

    /// <summary>utrace_control(REPORT) of a running target, and the pass that it asks for.</summary>
    internal void ControlRunning(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            Core.Control(Cpu, Task, First, ResumeAction.Report).GetAwaiter().GetResult();
            Resume();
        }
    }

    /// <summary>utrace_control(STOP) and utrace_control(RESUME) of a target that is stopped.</summary>
    internal void ControlStopped(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            Cpu.Store(Task.State, TaskState.Traced).GetResult();
            Core.Control(Cpu, Task, First, ResumeAction.Stop).GetAwaiter().GetResult();
            Core.Control(Cpu, Task, First, ResumeAction.Resume).GetAwaiter().GetResult();
        }
    }

    /// <summary>utrace_attach_task(), utrace_control(DETACH), and the pass in which the engine goes.</summary>
    internal void AttachDetach(int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            UtraceEngine engine = Attach();
            Core.Control(Cpu, Task, engine, ResumeAction.Detach).GetAwaiter().GetResult();
            Resume();
            engine.Put(Cpu).GetAwaiter().GetResult();
        }
    }

    /// <summary>The target comes by on its way to user mode.</summary>
    private void Resume()
    {
        Cpu.Current = Task;
        Core.Hooks.NotifyResume(Cpu).GetAwaiter().GetResult();
        Cpu.Store(Task.ThreadFlags, ThreadFlags.None).GetResult();
        Cpu.Current = Other;
    }

    /// <summary>Callbacks that do nothing.</summary>
    private sealed class QuietOps(SimMachine machine) : EngineOps(machine, "quiet");
}
