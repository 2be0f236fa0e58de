using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>Reads the tokens of one section from left to right.</summary>
internal sealed class TokenReader(SourceText source)
{
    private readonly List<Token> _tokens = Lexer.Tokens(source);
    private int _at;

    internal Token Current => _tokens[_at];

    internal bool AtEnd => Current.Kind == TokenKind.End;

    internal Token Ahead(int count) => _tokens[Math.Min(_at + count, _tokens.Count - 1)];

    /// <summary>Whether the next tokens are these.</summary>
    internal bool Sees(params ReadOnlySpan<string> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (!Ahead(i).Is(words[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes these tokens if they are next.</summary>
    internal bool Take(params ReadOnlySpan<string> words)
    {
        if (!Sees(words))
        {
            return false;
        }

        _at += words.Length;
        return true;
    }

    /// <summary>Takes these tokens; anything else is an error.</summary>
    internal void Expect(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (!Take(word))
            {
                throw Error($"'{word}' expected");
            }
        }
    }

    internal Token Next()
    {
        Token token = Current;
        _at = Math.Min(_at + 1, _tokens.Count - 1);
        return token;
    }

    internal string Word()
    {
        if (Current.Kind != TokenKind.Word)
        {
            throw Error("a name expected");
        }

        return Next().Text;
    }

    internal string String()
    {
        if (Current.Kind != TokenKind.Text)
        {
            throw Error("a string expected");
        }

        return Next().Text;
    }

    /// <summary>A plain decimal number, with a unit behind it if one is asked for.</summary>
    internal int Integer(string unit = "")
    {
        string text = Current.Text;
        if (Current.Kind != TokenKind.Number || !text.EndsWith(unit, StringComparison.Ordinal)
            || !int.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
        {
            throw Error($"a number{unit} expected");
        }

        Next();
        return value;
    }

    /// <summary>The text from a token up to the current one, with single blanks.</summary>
    internal string TextFrom(Token start)
        => string.Join(' ', source.Text[start.Offset..Current.Offset].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    internal int LineOf(Token token) => source.LineOf(token.Offset);

    [SuppressMessage("Design", "CA1024", Justification = "it builds an error")]
    internal OracleFormatException Error(string problem) => Error(problem, Current);

    /// <summary>An error at a token, with the text from there to the end of its statement.</summary>
    internal OracleFormatException Error(string problem, Token token)
    {
        string text = source.Text;
        int end = text.IndexOf(';', token.Offset);
        string rest = token.Kind == TokenKind.End ? token.Text : text[token.Offset..(end < 0 ? text.Length : end)];
        return new OracleFormatException(source.File, LineOf(token), problem, rest);
    }
}
