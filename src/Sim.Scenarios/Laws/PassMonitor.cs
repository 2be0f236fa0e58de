using Sim.Kernel.Tracehook;
using Sim.Machine.State;

namespace Sim.Scenarios.Laws;

/// <summary>What a law about passes remembers: in which hook the task is, and thereby whose callbacks belong together.</summary>
public abstract class PassMonitor : TaskMonitor
{
    private readonly Ghost<HookKind> _hook;

    /// <summary>Watches the passes of a task.</summary>
    /// <param name="watch">What is known of the task.</param>
    /// <param name="law">The law.</param>
    protected PassMonitor(TaskWatch watch, Law law)
        : base(watch, law)
        => _hook = new Ghost<HookKind>(this, "hook");

    /// <summary>The hook whose pass is made; none in between.</summary>
    protected HookKind Hook => _hook.Peek;

    /// <inheritdoc/>
    public sealed override void See(TaskEvent happened)
    {
        switch (happened.Kind)
        {
            case TaskEventKind.HookBegan when MakesPass(happened.Hook):
                _hook.Note(happened.Hook);
                BeginPass();
                break;

            case TaskEventKind.HookEnded when MakesPass(happened.Hook):
                EndPass(happened);
                _hook.Note(HookKind.None);
                break;

            case TaskEventKind.OfEngine:
                See(happened.Engine!, happened.Event);
                break;

            case TaskEventKind.HookBegan or TaskEventKind.HookEnded or TaskEventKind.InUserMode
                or TaskEventKind.SeenTraced or TaskEventKind.KillSent or TaskEventKind.LookBegan
                or TaskEventKind.SeenNotTraced or TaskEventKind.KillDone or TaskEventKind.ContinueSent
                or TaskEventKind.SignalSent or TaskEventKind.SignalDone:
                SeeOther(happened);
                break;

            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Whether an event is the beginning of a callback in a pass: every callback but reap.</summary>
    protected static bool Begins(EngineEvent happened)
        => happened.Kind == EngineEventKind.CallbackBegan && happened.Events != UtraceEvents.Reap;

    /// <summary>Whether an event is the end of a callback in a pass.</summary>
    protected static bool Ends(EngineEvent happened)
        => happened.Kind == EngineEventKind.CallbackEnded && happened.Events != UtraceEvents.Reap;

    /// <summary>A hook begins in which a pass may be made.</summary>
    protected virtual void BeginPass()
    {
    }

    /// <summary>The hook returns.</summary>
    protected virtual void EndPass(TaskEvent happened)
    {
    }

    /// <summary>An event of one of the task's engines.</summary>
    protected abstract void See(EngineWatch engine, EngineEvent happened);

    /// <summary>Anything else.</summary>
    protected virtual void SeeOther(TaskEvent happened)
    {
    }

    private static bool MakesPass(HookKind hook) => hook is HookKind.Clone or HookKind.Exec or HookKind.SyscallEntry
        or HookKind.SyscallExit or HookKind.Signal or HookKind.Jctl or HookKind.Exit or HookKind.Death
        or HookKind.NotifyResume;
}
