using System.Text;
using Millrace.Run.Events;

namespace Millrace.Run.EdNet;

/// <summary>
/// One copy of the data set: copy 0 as it is, copy k with its own learners, numbers and times.
/// </summary>
internal sealed class EventCopy
{
    private const long CopyDistanceMs = 800L * 24 * 60 * 60 * 1000;

    public EventCopy(LearningHistory history, int number)
    {
        History = history;
        Number = number;
        UserNames = [.. history.Files.Users.Select(user => number == 0 ? user : $"{user}-{number}")];
        UserIds = [.. UserNames.Select(Encoding.ASCII.GetBytes)];
        Partitions = [.. UserIds.Select(id => TopicFolder.PartitionOf(id))];
    }

    public LearningHistory History { get; }

    public int Number { get; }

    /// <summary>By user: the id in this copy.</summary>
    public string[] UserNames { get; }

    /// <summary>The same ids as UTF-8.</summary>
    public byte[][] UserIds { get; }

    public int[] Partitions { get; }

    public long TimeShiftMs => Number * CopyDistanceMs;

    public long FirstAnswer => 1 + (long)Number * History.Files.Answers.Count;

    public long FirstCollect => 1 + (long)Number * History.Collects.Count;

    public long FirstFix => 1 + (long)Number * History.Fixes.Count;

    public long FirstLogin => 1 + (long)Number * History.Logins.Count;
}
