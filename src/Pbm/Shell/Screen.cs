using System.Globalization;

namespace Millrace.Pbm.Shell;

/// <summary>Draws the line that is being typed; a line wider than the terminal scrolls.</summary>
internal sealed class Screen(TextWriter output, Func<int> width)
{
    private const int LeastWidth = 20;

    public void Draw(string prompt, LineBuffer line)
    {
        int room = Math.Max(LeastWidth, width() - prompt.Length - 1);
        int first = Math.Max(0, line.Cursor - room);
        string visible = line.Text.Substring(first, Math.Min(room, line.Text.Length - first));
        int column = prompt.Length + line.Cursor - first;
        output.Write(string.Create(
            CultureInfo.InvariantCulture, $"\r\e[1m{prompt}\e[0m{visible}\e[K\r\e[{column}C"));
        output.Flush();
    }

    public void EndLine()
    {
        output.Write("\r\n");
        output.Flush();
    }

    public void Clear() => output.Write("\e[H\e[2J");

    /// <summary>Below the line, in columns.</summary>
    public void List(IReadOnlyList<string> candidates)
    {
        EndLine();
        int cell = candidates.Max(c => c.Length) + 2;
        int perLine = Math.Max(1, width() / cell);
        foreach (string[] row in candidates.Chunk(perLine))
            output.Write(string.Concat(row.Select(c => c.PadRight(cell))).TrimEnd() + "\r\n");
    }
}
