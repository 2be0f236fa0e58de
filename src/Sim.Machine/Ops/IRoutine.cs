using Sim.Machine.Processors;

namespace Sim.Machine.Ops;

/// <summary>What a fiber can be started with instead of a delegate: an object that knows what to run.</summary>
public interface IRoutine
{
    /// <summary>Runs to the end of the fiber.</summary>
    /// <param name="cpu">The fiber's processor.</param>
    Op Run(Cpu cpu);
}
