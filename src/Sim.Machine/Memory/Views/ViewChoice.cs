using Sim.Machine.Processors;

namespace Sim.Machine.Memory.Views;

/// <summary>Marks what has to do with the choice between several ways of an access.</summary>
internal sealed class ViewChoice
{
    private ViewChoice()
    {
    }

    /// <summary>The mark.</summary>
    internal static ViewChoice Marker { get; } = new();

    /// <summary>Whether an operation is such a choice.</summary>
    internal static bool Is(in PendingOp op) => ReferenceEquals(op.Extra, Marker);

    /// <summary>The choice between some ways.</summary>
    internal static PendingOp Among(int ways)
        => new() { Kind = OpKind.Choose, Alternatives = (byte)ways, Extra = Marker };
}
