using System.Collections.Immutable;
using Google.Protobuf;
using Millrace.Shared.Messages;
using Millrace.Shared.Messages.Events;

namespace Millrace.JobManager.Actors;

/// <summary>The jobs that the cluster knows: the fold of the registry's events.</summary>
/// <param name="archiveLimit">Reports of ended jobs that are kept.</param>
internal sealed class JobRegistry(int archiveLimit)
{
    private readonly SortedDictionary<long, JobRegistered> _active = [];
    private readonly Dictionary<JobId, long> _sequences = [];
    private readonly Queue<JobReport> _archive = new();
    private readonly SortedSet<string> _unforgotten = new(StringComparer.Ordinal);

    public long NextSequence { get; private set; } = 1;

    /// <summary>Of the last leader.</summary>
    public long Term { get; private set; }

    /// <summary>Jobs that have not been archived, in the order of submission.</summary>
    public IReadOnlyCollection<JobRegistered> Active => _active.Values;

    /// <summary>The last reports of ended jobs, oldest first.</summary>
    public IReadOnlyCollection<JobReport> Archive => _archive;

    /// <summary>Archived jobs whose JobMasters have not been seen to remove their events.</summary>
    public IReadOnlyCollection<string> Unforgotten => _unforgotten;

    public bool IsActive(JobId job) => _sequences.ContainsKey(job);

    public JobReport? Archived(JobId job) => _archive.FirstOrDefault(r => r.JobId == job.Value);

    public void Apply(IMessage happened)
    {
        switch (happened)
        {
            case JobRegistered e:
                _active[e.Sequence] = e;
                _sequences[new JobId(e.JobId)] = e.Sequence;
                NextSequence = Math.Max(NextSequence, e.Sequence + 1);
                break;
            case JobArchived e:
                Apply(e.Report);
                _unforgotten.Add(e.Report.JobId);
                break;
            case JobForgotten e: _unforgotten.Remove(e.JobId); break;
            case LeaderStarted e: Term = e.Term; break;
            case RegistrySnapshot e:
                foreach (JobRegistered job in e.Jobs) Apply(job);
                foreach (JobReport report in e.Archived) Apply(report);
                NextSequence = e.NextSequence;
                Term = e.Term;
                _unforgotten.UnionWith(e.Unforgotten);
                break;
            default:
                throw new ArgumentException(
                $"{happened.Descriptor.FullName} is no event of the registry.", nameof(happened));
        }
    }

    public RegistrySnapshot ToSnapshot() =>
        new()
        {
            Jobs = { _active.Values },
            Archived = { _archive },
            NextSequence = NextSequence,
            Term = Term,
            Unforgotten = { _unforgotten },
        };

    private void Apply(JobReport report)
    {
        if (_sequences.Remove(new JobId(report.JobId), out long sequence)) _active.Remove(sequence);
        _archive.Enqueue(report);
        while (_archive.Count > archiveLimit) _archive.Dequeue();
    }
}
