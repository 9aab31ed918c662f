using Millrace.Connectors.Formats;
using Millrace.Run.EdNet;

namespace Millrace.Benchmarks.Decode;

/// <summary>EdNet's answers as business events in JSON lines, in memory, a piece a partition.</summary>
internal sealed class AnswerEvents
{
    private AnswerEvents(IReadOnlyList<Piece> pieces)
    {
        Pieces = pieces;
        Bytes = pieces.Sum(p => (long)p.Length);
        Events = pieces.Sum(p => (long)p.Buffer.AsSpan(0, p.Length).Count((byte)'\n'));
    }

    public IReadOnlyList<Piece> Pieces { get; }

    public long Bytes { get; }

    public long Events { get; }

    public static AnswerEvents Make()
    {
        string folder = Directory.CreateTempSubdirectory("millrace-bench-").FullName;
        try
        {
            new EventWriter(new LearningHistory(EdNetFiles.Read(EdNetFolder())), 1).WriteAnswers(folder);
            string[] files = Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories);
            return new AnswerEvents([.. files.Order(StringComparer.Ordinal).Select(Piece.Read)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string EdNetFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? ".", "data", "ednet");
    }

    /// <param name="Buffer">Whole lines, then the decoder's slack.</param>
    /// <param name="Length">Bytes of lines.</param>
    internal sealed record Piece(byte[] Buffer, int Length)
    {
        public static Piece Read(string file)
        {
            byte[] lines = File.ReadAllBytes(file);
            byte[] buffer = new byte[lines.Length + LineDecoder.SlackBytes];
            lines.CopyTo(buffer, 0);
            return new Piece(buffer, lines.Length);
        }
    }
}
