using Sim.Machine;

namespace Sim.Explore;

/// <summary>
/// A world: makes its objects and starts its fibers on a fresh machine. What it returns is called at
/// the end of every execution and may report a violation; null when there is nothing to check there.
/// </summary>
/// <remarks>The world must be deterministic: every choice goes through the machine.</remarks>
public delegate Action? World(SimMachine machine);
