using System.Runtime.InteropServices;

namespace Sim.Cli.Commands;

/// <summary>
/// Turns the first Ctrl-C into a flag, so that what was found so far can be told; a second one ends
/// the program.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private volatile bool _requested;

    internal Interruption()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Note);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Note);
    }

    /// <summary>Whether the end was asked for.</summary>
    internal bool IsRequested => _requested;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void Note(PosixSignalContext signal)
    {
        signal.Cancel = !_requested;
        _requested = true;
    }
}
