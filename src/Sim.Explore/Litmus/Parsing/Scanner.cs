using System.Globalization;

namespace Sim.Explore.Litmus.Parsing;

/// <summary>Which comments may stand between tokens.</summary>
[Flags]
internal enum Comments
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>(* ... *)</c>, which nest.</summary>
    Bracketed = 1,

    /// <summary>Those of C.</summary>
    C = 2,
}

/// <summary>Reads the tokens of a litmus file, one by one, and knows where it is.</summary>
/// <param name="text">The whole text.</param>
/// <param name="file">Its name, for messages.</param>
/// <param name="start">Where to begin.</param>
/// <param name="end">Where to stop.</param>
internal sealed class Scanner(string text, string file, int start, int end)
{
    private static readonly string[] s_signs =
    [
        "<<=", ">>=", "/\\", "\\/", "=>", "<>", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "->", "++", "--", "+=", "-=", "|=", "&=", "^=",
    ];

    private int _at = start;

    internal Scanner(string text, string file)
        : this(text, file, 0, text.Length)
    {
    }

    /// <summary>The comments that are skipped.</summary>
    internal Comments Comments { get; set; } = Comments.Bracketed;

    /// <summary>Where the next token begins.</summary>
    internal int Position
    {
        get
        {
            SkipBlank();
            return _at;
        }
        set => _at = value;
    }

    /// <summary>Whether nothing is left.</summary>
    internal bool IsAtEnd => Position >= end;

    /// <summary>The next token without taking it; empty at the end.</summary>
    internal string Peek()
    {
        SkipBlank();
        return text[_at..TokenEnd()];
    }

    /// <summary>The token after the next one.</summary>
    internal string PeekSecond()
    {
        int here = Position;
        _at = TokenEnd();
        string second = Peek();
        _at = here;
        return second;
    }

    /// <summary>Takes the next token.</summary>
    internal string Next()
    {
        string token = Peek();
        _at += token.Length;
        return token;
    }

    /// <summary>Takes the next token if it is this one.</summary>
    internal bool Take(string token)
    {
        bool isNext = string.Equals(Peek(), token, StringComparison.Ordinal);
        _at += isNext ? token.Length : 0;
        return isNext;
    }

    /// <summary>Takes this token, or complains.</summary>
    internal void Expect(string token)
    {
        if (!Take(token))
        {
            throw Expected($"'{token}'");
        }
    }

    /// <summary>Takes a name.</summary>
    internal string Name(string what)
        => IsName(Peek()) ? Next() : throw Expected(what);

    /// <summary>Takes a number, if one comes; hexadecimal ones too.</summary>
    internal bool TakeNumber(out long value)
    {
        int here = Position;
        bool negative = Take("-");
        string token = Peek();
        bool isNumber = token.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.TryParse(token.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : long.TryParse(token.TrimEnd('u', 'U', 'l', 'L'), NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (isNumber)
        {
            _ = Next();
            value = negative ? -value : value;
        }
        else
        {
            _at = here;
        }

        return isNumber;
    }

    /// <summary>Takes a number, or complains.</summary>
    internal long Number() => TakeNumber(out long value) ? value : throw Expected("a number");

    /// <summary>The complaint that something else was expected here.</summary>
    internal LitmusFormatException Expected(string what)
    {
        string found = Peek();
        return Problem($"expected {what}, found {(found.Length == 0 ? "the end of it" : $"'{found}'")}");
    }

    /// <summary>The complaint that something is not supported, at the next token or at a place.</summary>
    internal LitmusFormatException Unsupported(string what, int? place = null) => Problem($"{what} is not supported", place);

    /// <summary>A complaint about the next token or a place.</summary>
    internal LitmusFormatException Problem(string problem, int? place = null)
    {
        int at = Math.Min(place ?? Position, text.Length);
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        return new LitmusFormatException(file, line, at - lineStart + 1, problem);
    }

    /// <summary>Whether a token is a name.</summary>
    internal static bool IsName(string token) => token.Length > 0 && IsNameStart(token[0]);

    /// <summary>The rest of the line, taken.</summary>
    internal string RestOfLine()
    {
        int eol = text.IndexOf('\n', _at, end - _at);
        eol = eol < 0 ? end : eol;
        string rest = text[_at..eol];
        _at = Math.Min(eol + 1, end);
        return rest;
    }

    /// <summary>Jumps behind the next of these characters, which must come.</summary>
    internal void SkipPast(char sign, string what)
    {
        while (!IsAtEnd && text[_at] != sign)
        {
            _at += text[_at] == '"' ? QuotedLength() : 1;
        }

        if (IsAtEnd)
        {
            throw Expected(what);
        }

        _at++;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '\'';

    private bool IsAt(string sign) => string.CompareOrdinal(text, _at, sign, 0, sign.Length) == 0 && _at + sign.Length <= end;

    private int QuotedLength()
    {
        int close = text.IndexOf('"', _at + 1, end - _at - 1);
        return close < 0 ? 1 : close + 1 - _at;
    }

    private int TokenEnd()
    {
        if (_at >= end)
        {
            return end;
        }

        char first = text[_at];
        if (IsNameStart(first) || char.IsAsciiDigit(first))
        {
            int i = _at + 1;
            while (i < end && (IsNameStart(first) ? IsNamePart(text[i]) : char.IsAsciiLetterOrDigit(text[i])))
            {
                i++;
            }

            return i;
        }

        foreach (string sign in s_signs)
        {
            if (IsAt(sign))
            {
                return _at + sign.Length;
            }
        }

        return _at + 1;
    }

    private void SkipBlank()
    {
        while (_at < end)
        {
            if (char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
            else if (Comments.HasFlag(Comments.Bracketed) && IsAt("(*"))
            {
                SkipBracketed();
            }
            else if (Comments.HasFlag(Comments.C) && IsAt("//"))
            {
                _ = RestOfLine();
            }
            else if (Comments.HasFlag(Comments.C) && IsAt("/*"))
            {
                int close = text.IndexOf("*/", _at + 2, end - _at - 2, StringComparison.Ordinal);
                _at = close < 0 ? throw Problem("this comment has no end", _at) : close + 2;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipBracketed()
    {
        int open = _at;
        int depth = 0;
        do
        {
            int step = IsAt("(*") || IsAt("*)") ? 2 : 1;
            depth += IsAt("(*") ? 1 : IsAt("*)") ? -1 : 0;
            _at += step;
        }
        while (depth > 0 && _at < end);

        if (depth > 0)
        {
            throw Problem("this comment has no end", open);
        }
    }
}
