using Millrace.JobManager.Execution;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Millrace.Shared.Options;

namespace Millrace.JobManager.Commands;

/// <summary>Which job a user means: by id, by the beginning of an id, or by name.</summary>
internal static class JobNames
{
    private const int ListedJobs = 10;

    /// <summary>
    /// An id, else the only id with this beginning, else the only job of this name that has not ended, else
    /// the only one of this name.
    /// </summary>
    /// <exception cref="MillraceException">Invalid: none is meant, or several; lists them.</exception>
    public static JobSummary Resolve(string text, IReadOnlyCollection<JobSummary> jobs)
    {
        if (jobs.FirstOrDefault(j => j.JobId == text) is { } exact) return exact;
        List<JobSummary> named = [.. jobs.Where(j => j.Name == text)];
        List<JobSummary> meant = named.Count > 0
            ? named
            : [.. jobs.Where(j => text.Length > 0 && j.JobId.StartsWith(text, StringComparison.Ordinal))];
        if (named.FindAll(IsActive) is [var active]) return active;
        return meant switch
        {
            [var one] => one,
            [] => throw new MillraceException(
                ErrorKind.Invalid, $"There is no job '{text}'{Nearest(text, jobs)}."),
            _ => throw new MillraceException(
                ErrorKind.Invalid, $"'{text}' may be any of {Listed(meant)}; name one by its id."),
        };
    }

    /// <summary>A name that begins so, or that is a slip away.</summary>
    private static string Nearest(string text, IEnumerable<JobSummary> jobs)
    {
        if (text.Length == 0) return "";
        List<string> names = [.. jobs.Select(j => j.Name)];
        string? nearest = names.Find(n => n.StartsWith(text, StringComparison.Ordinal))
            ?? EditDistance.Nearest(text, names);
        return nearest is null ? "" : $"; the nearest is '{nearest}'";
    }

    private static bool IsActive(JobSummary job) => !((JobState)job.State).IsTerminal();

    private static string Listed(List<JobSummary> jobs) =>
        string.Join(", ", jobs.Take(ListedJobs).Select(j => $"{j.JobId} ({JobDocuments.State(j.State)})"))
        + (jobs.Count > ListedJobs ? ", …" : "");
}
