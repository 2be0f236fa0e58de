using Sim.Kernel.Tasks;
using Sim.Machine.Ops;
using Sim.Machine.Processors;
using Sim.Machine.State;

namespace Sim.Kernel.Signals;

/// <summary>
/// What protects the signals of a task: the siglock of the handlers that it uses now. A task without
/// handlers has been released, and belongs to whoever released it.
/// </summary>
[Immutable]
internal sealed class SiglockOfTask(TaskStruct task) : IGuardian
{
    public bool Admits(Fiber fiber, bool write)
        => task.Sighand.Peek is not { } sighand || sighand.Siglock.Admits(fiber, write);

    public override string ToString() => $"siglock of {task}";
}

/// <summary>What protects the signals of a group: the siglock of its threads, while there are any.</summary>
[Immutable]
internal sealed class SiglockOfGroup(SignalStruct signal) : IGuardian
{
    public bool Admits(Fiber fiber, bool write)
        => signal.Threads.PeekCount == 0 ||
            signal.Threads.PeekAt(0).Sighand.Peek is not { } sighand || sighand.Siglock.Admits(fiber, write);

    public override string ToString() => $"siglock of {signal}";
}

/// <summary>What is changed under tasklist_lock and siglock together may be read under either.</summary>
[Immutable]
internal sealed class TasklistAndSiglock(LinuxKernel kernel, SiglockOfGroup siglock) : IGuardian
{
    public bool Admits(Fiber fiber, bool write) => write
        ? kernel.Tasklist.Admits(fiber, true) && siglock.Admits(fiber, true)
        : kernel.Tasklist.Admits(fiber, false) || siglock.Admits(fiber, false);

    public override string ToString() => "tasklist_lock and siglock";
}
