namespace Sim.Scenarios.Museum;

/// <summary>Where a historic mistake was made.</summary>
public enum ExhibitGroup
{
    /// <summary>In utrace itself.</summary>
    UtraceCore,

    /// <summary>In ptrace as an engine of utrace.</summary>
    PtraceOverUtrace,

    /// <summary>In SystemTap, uprobes or itrace, which use utrace or replace it.</summary>
    Instrumentation,

    /// <summary>In the kernel's own ptrace, exit, wait and signal code.</summary>
    Kernel,
}
