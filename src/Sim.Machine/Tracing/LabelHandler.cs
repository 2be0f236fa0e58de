using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sim.Machine.Tracing;

/// <summary>Builds the text of <see cref="SimMachine.Label"/>, or nothing in direct mode, which has no traces.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[InterpolatedStringHandler]
public ref struct LabelHandler
{
    private readonly bool _isWanted;
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">Length of the constant parts.</param>
    /// <param name="formattedCount">Number of the other parts.</param>
    /// <param name="machine">Whose label it is.</param>
    /// <param name="isWanted">Whether the parts are to be evaluated.</param>
    public LabelHandler(int literalLength, int formattedCount, SimMachine machine, out bool isWanted)
    {
        _isWanted = isWanted = !machine.IsDirect;
        _text = isWanted
            ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture)
            : default;
    }

    /// <summary>Called by the compiler for a constant part.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Called by the compiler for any other part.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    internal string? Take() => _isWanted ? _text.ToStringAndClear() : null;
}
