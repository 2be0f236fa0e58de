namespace Sim.Machine.Memory;

/// <summary>How the simulated processors order memory accesses.</summary>
public enum MemoryModel
{
    /// <summary>Sequential consistency: interleaving only.</summary>
    Sc,

    /// <summary>x86-TSO: a FIFO store buffer with forwarding per processor.</summary>
    Tso,

    /// <summary>POWER, as views: every load may be answered from the past. Loads stay before later stores.</summary>
    Power,

    /// <summary>The Linux-kernel memory model, as views. Loads stay before later stores.</summary>
    Lkmm,
}
