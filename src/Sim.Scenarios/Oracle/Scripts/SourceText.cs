using System.Text;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Text of one section of a header, joined from its lines, and where each piece came from.</summary>
/// <param name="file">Name of the file.</param>
internal sealed class SourceText(string file)
{
    private readonly StringBuilder _text = new();
    private readonly List<(int Offset, int Line)> _lines = [];

    internal string File { get; } = file;

    internal string Text => _text.ToString();

    internal static SourceText Of(string text, string file, int line)
    {
        var source = new SourceText(file);
        source.Append(text, line);
        return source;
    }

    internal void Append(string piece, int line)
    {
        if (_text.Length > 0)
        {
            _text.Append(' ');
        }

        _lines.Add((_text.Length, line));
        _text.Append(piece);
    }

    internal int LineOf(int offset) => _lines.FindLast(line => line.Offset <= offset).Line;
}
