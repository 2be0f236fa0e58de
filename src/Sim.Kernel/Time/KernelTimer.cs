using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Time;

/// <summary>Where a timer stands.</summary>
public enum TimerState
{
    /// <summary>It will expire.</summary>
    Armed,

    /// <summary>Its function runs.</summary>
    Firing,

    /// <summary>Its function has run.</summary>
    Done,

    /// <summary>It was taken back before it expired.</summary>
    Cancelled,
}

/// <summary>struct hrtimer: expires once. Another expiry is another timer.</summary>
public abstract class KernelTimer : MachineObject
{
    /// <summary>Makes a timer that is about to be armed.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="label">Its name in traces.</param>
    /// <param name="expires">When, in nanoseconds since boot.</param>
    /// <param name="delay">How long from now.</param>
    protected KernelTimer(LinuxKernel kernel, string? label, long expires, long delay)
        : base(kernel.Machine, "timer", label)
    {
        Kernel = kernel;
        Expires = expires;
        Delay = delay;
        State = new Shared<TimerState>(this, "state");
    }

    /// <summary>When, in nanoseconds since boot.</summary>
    public long Expires { get; }

    /// <summary>The kernel.</summary>
    protected LinuxKernel Kernel { get; }

    /// <summary>How long after it was armed.</summary>
    internal long Delay { get; }

    /// <summary>Where it stands.</summary>
    internal Shared<TimerState> State { get; }

    /// <summary>What it does.</summary>
    /// <remarks>Context: interrupt, there is no current task; does not sleep. Locks: none.</remarks>
    public abstract Op Fire(Cpu cpu);
}

/// <summary>hrtimer_wakeup(): wakes a task that sleeps for a time.</summary>
internal sealed class WakeTimer(TaskStruct task, long expires, long delay)
    : KernelTimer(task.Kernel, task.Machine.Label($"{task.Label}.timeout"), expires, delay)
{
    /// <inheritdoc/>
    public override async Op Fire(Cpu cpu) => await Scheduling.WakeUpProcess(cpu, task);
}
