namespace Sim.Kernel.Abi;

/// <summary>Signal numbers (x86 and powerpc agree on these).</summary>
public static class Signals
{
    public const int SIGKILL = 9;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
}
