namespace Sim.Utrace;

/// <summary>UTRACE_ATTACH_*: how to attach, or what to look up. Source: spec section 2.4.</summary>
[Flags]
public enum AttachFlags
{
    None = 0,

    /// <summary>Match engines with the same operations.</summary>
    MatchOps = 0x1,

    /// <summary>Match engines with the same data.</summary>
    MatchData = 0x2,

    /// <summary>Make an engine; without it, look one up.</summary>
    Create = 0x10,

    /// <summary>Fail if a matching engine exists.</summary>
    Exclusive = 0x20,
}
