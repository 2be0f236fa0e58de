namespace Sim.Scenarios.Oracle.Scripts;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>A word.</summary>
    Word,

    /// <summary>Digits and what follows them without a gap.</summary>
    Number,

    /// <summary>A string, without its quotes.</summary>
    Text,

    /// <summary>A character, without its quotes.</summary>
    Character,

    /// <summary>Punctuation.</summary>
    Symbol,

    /// <summary>Behind the last token.</summary>
    End,
}

/// <summary>A token and where it begins.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Offset)
{
    internal bool Is(string text) => Kind is TokenKind.Word or TokenKind.Symbol
        && string.Equals(Text, text, StringComparison.Ordinal);
}

/// <summary>Cuts text of the script language into tokens.</summary>
internal static class Lexer
{
    internal static List<Token> Tokens(SourceText source)
    {
        string text = source.Text;
        var tokens = new List<Token>();
        for (int at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            Token token = Next(source, text, at, out at);
            tokens.Add(token);
        }

        tokens.Add(new Token(TokenKind.End, "end of the program", text.Length));
        return tokens;
    }

    private static Token Next(SourceText source, string text, int at, out int end)
    {
        char first = text[at];
        if (first is '"' or '\'')
        {
            int close = Closing(text, at);
            if (close < 0)
            {
                throw new OracleFormatException(source.File, source.LineOf(at), "a quote is not closed", text[at..]);
            }

            end = close + 1;
            return new Token(first == '"' ? TokenKind.Text : TokenKind.Character, text[(at + 1)..close], at);
        }

        end = at + 1;
        if (char.IsAsciiLetterOrDigit(first) || first == '_')
        {
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            return new Token(char.IsAsciiDigit(first) ? TokenKind.Number : TokenKind.Word, text[at..end], at);
        }

        if (!"(){}[];,:=<>!&|+-*/%~.?^".Contains(first, StringComparison.Ordinal))
        {
            throw new OracleFormatException(source.File, source.LineOf(at), "unknown character", text[at..]);
        }

        if (end < text.Length && IsPair(text.AsSpan(at, 2)))
        {
            end++;
        }

        return new Token(TokenKind.Symbol, text[at..end], at);
    }

    private static bool IsPair(ReadOnlySpan<char> two)
        => two is ":=" or "==" or "!=" or "<=" or ">=" or "&&" or "||" or "<<" or ">>" or "++" or "--"
            or "+=" or "-=" or "|=" or "&=";

    private static int Closing(string text, int open)
    {
        for (int at = open + 1; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == text[open])
            {
                return at;
            }
        }

        return -1;
    }
}
