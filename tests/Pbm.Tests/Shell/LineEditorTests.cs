using FsCheck.Xunit;
using Millrace.Pbm.Shell;
using Xunit;

namespace Millrace.Pbm.Tests.Shell;

public sealed class LineEditorTests
{
    private static readonly ConsoleKeyInfo[] Keys =
    [
        Key('a'), Key('b'), Key(' '),
        Plain(ConsoleKey.Backspace), Plain(ConsoleKey.Delete), Plain(ConsoleKey.LeftArrow),
        Plain(ConsoleKey.RightArrow), Plain(ConsoleKey.Home), Plain(ConsoleKey.End),
        Plain(ConsoleKey.UpArrow), Plain(ConsoleKey.DownArrow), Control(ConsoleKey.A),
        Control(ConsoleKey.E), Control(ConsoleKey.K),
        Control(ConsoleKey.U), Control(ConsoleKey.W), Control(ConsoleKey.LeftArrow),
        Control(ConsoleKey.RightArrow),
    ];

    [Fact]
    public void A_line_is_typed_and_submitted()
    {
        var editor = new LineEditor(new History([]));
        foreach (char c in "job list") Assert.Equal(KeyEffect.Edit, editor.Press(Key(c)));
        Assert.Equal(KeyEffect.Submit, editor.Press(Plain(ConsoleKey.Enter)));
        Assert.Equal(new LineBuffer("job list", 8), editor.Line);
    }

    [Fact]
    public void Words_are_crossed_and_killed_at_the_cursor()
    {
        var editor = new LineEditor(new History([])) { Line = LineBuffer.Of("job show small") };
        editor.Press(Control(ConsoleKey.LeftArrow));
        editor.Press(Control(ConsoleKey.W));
        Assert.Equal(new LineBuffer("job small", 4), editor.Line);
        editor.Press(Control(ConsoleKey.K));
        Assert.Equal(new LineBuffer("job ", 4), editor.Line);
        editor.Press(Control(ConsoleKey.U));
        Assert.Equal(LineBuffer.Empty, editor.Line);
    }

    [Fact]
    public void The_arrows_walk_through_history_and_back_to_what_was_typed()
    {
        var editor = new LineEditor(new History(["one", "two"])) { Line = LineBuffer.Of("dra") };
        List<string> seen = [];
        ConsoleKey up = ConsoleKey.UpArrow, down = ConsoleKey.DownArrow;
        foreach (ConsoleKey key in new[] { up, up, up, down, down })
        {
            editor.Press(Plain(key));
            seen.Add(editor.Line.Text);
        }
        Assert.Equal(["two", "one", "one", "two", "dra"], seen);
    }

    [Fact]
    public void Control_D_leaves_only_an_empty_line()
    {
        var editor = new LineEditor(new History([]));
        Assert.Equal(KeyEffect.Leave, editor.Press(Control(ConsoleKey.D)));
        editor.Line = new LineBuffer("ab", 0);
        Assert.Equal(KeyEffect.Edit, editor.Press(Control(ConsoleKey.D)));
        Assert.Equal("b", editor.Line.Text);
    }

    /// <summary>Against two stacks: what is before the cursor, and what is behind it.</summary>
    [Property]
    public bool Typing_erasing_and_moving_agree_with_two_stacks(byte[] keys)
    {
        var editor = new LineEditor(new History([]));
        string before = "", behind = "";
        foreach (ConsoleKeyInfo key in keys.Select(k => Keys[k % 9]))
        {
            editor.Press(key);
            (before, behind) = Naive(key, before, behind);
        }
        return editor.Line == new LineBuffer(before + behind, before.Length);
    }

    [Property]
    public bool The_cursor_stays_in_the_line_whatever_is_pressed(byte[] keys)
    {
        var editor = new LineEditor(new History(["an old line", "b"]));
        foreach (byte key in keys)
        {
            editor.Press(Keys[key % Keys.Length]);
            if (editor.Line.Cursor < 0 || editor.Line.Cursor > editor.Line.Text.Length) return false;
        }
        return true;
    }

    private static (string, string) Naive(ConsoleKeyInfo key, string before, string behind) => key.Key switch
    {
        ConsoleKey.Backspace => (before.Length == 0 ? "" : before[..^1], behind),
        ConsoleKey.Delete => (before, behind.Length == 0 ? "" : behind[1..]),
        ConsoleKey.LeftArrow => before.Length == 0 ? (before, behind) : (before[..^1], before[^1] + behind),
        ConsoleKey.RightArrow => behind.Length == 0 ? (before, behind) : (before + behind[0], behind[1..]),
        ConsoleKey.Home => ("", before + behind),
        ConsoleKey.End => (before + behind, ""),
        _ => (before + key.KeyChar, behind),
    };

    private static ConsoleKeyInfo Key(char c) => new(c, ConsoleKey.None, false, false, false);

    private static ConsoleKeyInfo Plain(ConsoleKey key) => new('\0', key, false, false, false);

    private static ConsoleKeyInfo Control(ConsoleKey key) => new('\0', key, false, false, true);
}
