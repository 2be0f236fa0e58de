namespace Sim.Explore.Litmus;

/// <summary>The memory models under which litmus tests run.</summary>
public enum LitmusMemory
{
    /// <summary>Sequential consistency.</summary>
    Sc,

    /// <summary>x86-TSO.</summary>
    Tso,

    /// <summary>POWER.</summary>
    Power,

    /// <summary>The Linux-kernel memory model.</summary>
    Lkmm,
}
