namespace Millrace.Sql.Syntax;

/// <summary>A text of SQL and the name of the file that it came from, for errors.</summary>
/// <param name="Text">The whole text.</param>
/// <param name="FileName">The file's name; null for text from elsewhere.</param>
public sealed record SqlText(string Text, string? FileName = null)
{
    /// <summary>The line of this number, from 1, without its end; empty behind the last line.</summary>
    public string Line(int number)
    {
        var rest = Text.AsSpan();
        for (var skipped = 1; skipped < number; skipped++)
        {
            var end = rest.IndexOf('\n');
            if (end < 0) return "";
            rest = rest[(end + 1)..];
        }

        var length = rest.IndexOf('\n');
        return (length < 0 ? rest : rest[..length]).TrimEnd('\r').ToString();
    }
}
