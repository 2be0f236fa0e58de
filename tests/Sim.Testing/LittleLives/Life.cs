using System.Collections.Immutable;
using Sim.Kernel.Abi;
using Sim.Machine.Ops;

namespace Sim.Testing.LittleLives;

/// <summary>What an actor of a random world does next.</summary>
public enum Deed
{
    Fork,
    Vfork,
    CreateThread,
    Exec,
    Exit,
    ExitThread,
    Kill,
    Tkill,
    KillGroup,
    Wait,
    WaitForStops,
    LookForChildren,
    Handle,
    Ignore,
    Block,
    Unblock,
    Setsid,
    Setpgid,
    Yield,
}

/// <summary>One deed with its arguments.</summary>
/// <param name="Deed">What.</param>
/// <param name="Signal">For deeds about signals.</param>
/// <param name="Target">The number of the actor it is about.</param>
/// <param name="Child">The life that begins with it, or null.</param>
[Immutable]
public sealed record Act(Deed Deed, int Signal = 0, int Target = 0, Life? Child = null)
{
    /// <inheritdoc/>
    public override string ToString() => Deed switch
    {
        Deed.Fork or Deed.Vfork or Deed.CreateThread or Deed.Exec => $"{Deed} {Child}",
        Deed.Kill or Deed.Tkill => $"{Deed} {Target} {Signals.Name(Signal)}",
        Deed.KillGroup or Deed.Handle or Deed.Ignore or Deed.Block or Deed.Unblock => $"{Deed} {Signals.Name(Signal)}",
        Deed.Exit or Deed.ExitThread or Deed.Wait or Deed.WaitForStops or Deed.LookForChildren or Deed.Setsid
            or Deed.Setpgid or Deed.Yield or _ => Deed.ToString(),
    };
}

/// <summary>The program of an actor: its number in the world and its deeds.</summary>
[Immutable]
public sealed record Life(int Number, ImmutableArray<Act> Acts)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Number}{{{string.Join("; ", Acts)}}}");
}
