namespace Millrace.Pbm.Shell;

/// <summary>A line with a cursor in it, between 0 and its length.</summary>
internal sealed record LineBuffer(string Text, int Cursor)
{
    public static readonly LineBuffer Empty = new("", 0);

    /// <summary>The cursor at its end.</summary>
    public static LineBuffer Of(string text) => new(text, text.Length);

    public LineBuffer Insert(string text) => new(Text.Insert(Cursor, text), Cursor + text.Length);

    public LineBuffer Backspace() => Cursor == 0 ? this : new(Text.Remove(Cursor - 1, 1), Cursor - 1);

    public LineBuffer Delete() => Cursor == Text.Length ? this : this with { Text = Text.Remove(Cursor, 1) };

    public LineBuffer Left() => this with { Cursor = Math.Max(0, Cursor - 1) };

    public LineBuffer Right() => this with { Cursor = Math.Min(Text.Length, Cursor + 1) };

    public LineBuffer Home() => this with { Cursor = 0 };

    public LineBuffer End() => this with { Cursor = Text.Length };

    public LineBuffer WordLeft()
    {
        int at = Cursor;
        while (at > 0 && Text[at - 1] == ' ') at--;
        while (at > 0 && Text[at - 1] != ' ') at--;
        return this with { Cursor = at };
    }

    public LineBuffer WordRight()
    {
        int at = Cursor;
        while (at < Text.Length && Text[at] == ' ') at++;
        while (at < Text.Length && Text[at] != ' ') at++;
        return this with { Cursor = at };
    }

    public LineBuffer KillToEnd() => this with { Text = Text[..Cursor] };

    public LineBuffer KillToStart() => new(Text[Cursor..], 0);

    public LineBuffer KillWord()
    {
        int from = WordLeft().Cursor;
        return new(Text.Remove(from, Cursor - from), from);
    }

    /// <summary>Puts a text in the place of what lies between a start and the cursor.</summary>
    public LineBuffer Replace(int start, string text) =>
        new(Text[..start] + text + Text[Cursor..], start + text.Length);
}
