namespace Sim.Cli.Output;

/// <summary>What the command says with its exit status.</summary>
internal static class ExitStatus
{
    /// <summary>Explored to the end, or to the asked number of samples, and nothing broke.</summary>
    internal const int Clean = 0;

    /// <summary>A violation was found.</summary>
    internal const int Violation = 1;

    /// <summary>Bad usage or bad input.</summary>
    internal const int Usage = 2;

    /// <summary>Stopped by a limit before the end; nothing broke so far.</summary>
    internal const int Limit = 3;

    /// <summary>A mistake of the simulator itself.</summary>
    internal const int SimulatorBug = 70;

    /// <summary>Interrupted.</summary>
    internal const int Interrupted = 130;

    /// <summary>Whoever read the output has gone: as a process that SIGPIPE killed.</summary>
    internal const int BrokenPipe = 141;

    /// <summary>EPIPE, as an I/O exception carries it.</summary>
    internal const int BrokenPipeError = 32;
}
