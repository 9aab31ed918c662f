using System.Text;

namespace Millrace.Processes;

/// <summary>The end of a log.</summary>
internal static class LogTail
{
    private const int MaxBytes = 16 << 10;

    /// <summary>The last line that says something: a refusal is the last thing that a program
    /// writes.</summary>
    public static string LastLine(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Seek(-Math.Min(stream.Length, MaxBytes), SeekOrigin.End);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.Length > 0)
                ?? "its log is empty";
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }
}
