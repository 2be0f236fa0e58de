namespace Sim.Utrace;

/// <summary>
/// What a callback answers, and what the engines before it answered: a resume action and the event's own bits.
/// Source: spec sections 2.2, 2.3.
/// </summary>
/// <param name="Resume">What the task does next.</param>
/// <param name="Bits">A <see cref="SignalAction"/> or <see cref="SyscallAction"/>; 0 for other events.</param>
public readonly record struct Verdict(ResumeAction Resume, int Bits = 0)
{
    /// <summary>UTRACE_SIGNAL_ACTION_MASK.</summary>
    private const int SignalMask = 0xf0;

    /// <summary>A resume action and what becomes of a signal.</summary>
    public Verdict(ResumeAction resume, SignalAction signal)
        : this(resume, (int)signal)
    {
    }

    /// <summary>A resume action and what becomes of a system call.</summary>
    public Verdict(ResumeAction resume, SyscallAction syscall)
        : this(resume, (int)syscall)
    {
    }

    /// <summary>utrace_signal_action(): what becomes of the signal, without UTRACE_SIGNAL_HOLD.</summary>
    public SignalAction Signal => (SignalAction)(Bits & SignalMask);

    /// <summary>Whether the signal goes back to the queue.</summary>
    public bool Holds => ((SignalAction)Bits & SignalAction.Hold) != SignalAction.Deliver;

    /// <summary>utrace_syscall_action(): whether the call runs, without UTRACE_SYSCALL_RESUMED.</summary>
    public SyscallAction Syscall => (SyscallAction)Bits & SyscallAction.Abort;

    /// <summary>Whether this is a repeated pass after a stop at the entry of a system call.</summary>
    public bool IsResumed => ((SyscallAction)Bits & SyscallAction.Resumed) != SyscallAction.Run;

    /// <summary>A resume action alone.</summary>
    public static implicit operator Verdict(ResumeAction resume) => new(resume);

    /// <summary>A resume action alone.</summary>
    public static Verdict FromResumeAction(ResumeAction resume) => new(resume);
}
