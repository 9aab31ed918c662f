namespace Millrace.Pbm.Shell;

/// <summary>What a key makes of the line; the keys are those of bash and its kin.</summary>
internal sealed class LineEditor(History history)
{
    public LineBuffer Line { get; set; } = LineBuffer.Empty;

    public KeyEffect Press(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control)) return PressControl(key.Key);
        switch (key.Key)
        {
            case ConsoleKey.Enter: return KeyEffect.Submit;
            case ConsoleKey.Tab: return KeyEffect.Complete;
            case ConsoleKey.UpArrow: Recall(history.Previous(Line.Text)); break;
            case ConsoleKey.DownArrow: Recall(history.Next()); break;
            default: Line = Edit(key); break;
        }
        return KeyEffect.Edit;
    }

    private KeyEffect PressControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.C: return KeyEffect.Abandon;
            case ConsoleKey.D when Line.Text.Length == 0: return KeyEffect.Leave;
            case ConsoleKey.L: return KeyEffect.ClearScreen;
            case ConsoleKey.J or ConsoleKey.M: return KeyEffect.Submit;
            case ConsoleKey.P: Recall(history.Previous(Line.Text)); break;
            case ConsoleKey.N: Recall(history.Next()); break;
            default: Line = EditByControl(key); break;
        }
        return KeyEffect.Edit;
    }

    private LineBuffer Edit(ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.Backspace => Line.Backspace(),
        ConsoleKey.Delete => Line.Delete(),
        ConsoleKey.LeftArrow => Line.Left(),
        ConsoleKey.RightArrow => Line.Right(),
        ConsoleKey.Home => Line.Home(),
        ConsoleKey.End => Line.End(),
        _ => char.IsControl(key.KeyChar) ? Line : Line.Insert(key.KeyChar.ToString()),
    };

    private LineBuffer EditByControl(ConsoleKey key) => key switch
    {
        ConsoleKey.A => Line.Home(),
        ConsoleKey.E => Line.End(),
        ConsoleKey.B => Line.Left(),
        ConsoleKey.F => Line.Right(),
        ConsoleKey.D => Line.Delete(),
        ConsoleKey.H or ConsoleKey.Backspace => Line.Backspace(),
        ConsoleKey.K => Line.KillToEnd(),
        ConsoleKey.U => Line.KillToStart(),
        ConsoleKey.W => Line.KillWord(),
        ConsoleKey.LeftArrow => Line.WordLeft(),
        ConsoleKey.RightArrow => Line.WordRight(),
        _ => Line,
    };

    private void Recall(string? line)
    {
        if (line is not null) Line = LineBuffer.Of(line);
    }
}

/// <summary>What is to be done after a key.</summary>
internal enum KeyEffect
{
    /// <summary>The line may have changed.</summary>
    Edit,

    /// <summary>The line is to be carried out.</summary>
    Submit,

    /// <summary>The word before the cursor is to be completed.</summary>
    Complete,

    /// <summary>The line is given up.</summary>
    Abandon,

    /// <summary>The shell ends.</summary>
    Leave,

    ClearScreen,
}
