using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;

namespace Millrace.Connectors.Files;

/// <summary>
/// The names of the files that a sink writes: <c>part-SINK-SUBTASK-ATTEMPT-NUMBER-TIME.json</c>, with a dot
/// before it until the file is committed. No two attempts, and no two sinks, ever write a file of the same
/// name. SINK stands for job and operator, so that an attempt finds what those before it have left.
/// </summary>
internal sealed class PartName
{
    private const string Hidden = ".";
    private const string Kept = ".savepoint-";

    private readonly string _sink;
    private readonly string _start;
    private readonly string _end;
    private readonly ConnectorContext _context;

    public PartName(ConnectorContext context, string extension)
    {
        _context = context;
        byte[] name = Encoding.UTF8.GetBytes($"{context.JobId}\n{context.OperatorUid}");
        _sink = $"part-{Convert.ToHexStringLower(XxHash64.Hash(name))}-";
        // The start time keeps apart what runs of one id write into one folder.
        _start = string.Create(
            CultureInfo.InvariantCulture, $"{_sink}{context.SubtaskIndex}-{context.Attempt}-");
        _end = string.Create(
            CultureInfo.InvariantCulture,
            $"-{context.Time.GetUtcNow().ToUnixTimeMilliseconds()}.{extension}");
    }

    /// <summary>What hidden files of this sink match, of any subtask and attempt.</summary>
    public string HiddenPattern => $"{Hidden}*{_sink}*";

    /// <summary>The hidden name of the attempt's next file.</summary>
    public string HiddenOf(int number) => Hidden + VisibleOf(number);

    /// <summary>The name under which a committed file is seen.</summary>
    public string VisibleOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{_start}{number}{_end}");

    /// <summary>The hidden name of a file that must stay as long as the savepoint does.</summary>
    public static string KeptOf(string visible, CheckpointId savepoint) =>
        $"{Kept}{savepoint}-{visible}";

    /// <summary>Whether it is the hidden name of a file that a savepoint holds.</summary>
    public static bool IsKept(string hidden) => hidden.StartsWith(Kept, StringComparison.Ordinal);

    /// <summary>What the hidden names match that a file may have for the sake of savepoints.</summary>
    public static string KeptPatternOf(string visible) => $"{Kept}*-{visible}";

    /// <summary>The name under which a hidden file of this sink would be seen.</summary>
    public string VisibleOf(string hidden) => hidden[hidden.IndexOf(_sink, StringComparison.Ordinal)..];

    /// <summary>
    /// Whether a hidden file of this sink is of an attempt that this one replaces, or of a subtask that was
    /// there at another parallelism only, and no complete savepoint may hold it.
    /// </summary>
    public bool Replaces(string hidden)
    {
        if (IsKept(hidden) && SavepointOf(hidden) <= _context.LastCheckpoint.Value) return false;
        string[] parts = VisibleOf(hidden)[_sink.Length..].Split('-');
        return parts.Length == 4
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int subtask)
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int attempt)
            && attempt < _context.Attempt
            && (subtask >= _context.Parallelism
                || _context.ReplacedSubtasks is not { } replaced || replaced.Contains(subtask));
    }

    /// <returns>0 where the name is none of ours.</returns>
    private static long SavepointOf(string kept) =>
        long.TryParse(kept[Kept.Length..].Split('-')[0], CultureInfo.InvariantCulture, out long id) ? id : 0;
}
