using Millrace.JobManager.Commands;
using Millrace.Shared.Errors;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.JobManager.Tests;

public sealed class JobNamesTests
{
    private static readonly JobSummary[] Jobs =
    [
        Job("aa11", "daily", JobStateCode.JobFinished),
        Job("aa22", "daily", JobStateCode.JobRunning),
        Job("bb33", "weekly", JobStateCode.JobFinished),
        Job("cc44", "twice", JobStateCode.JobFailed),
        Job("cc55", "twice", JobStateCode.JobCanceled),
        Job("dd66", "bb", JobStateCode.JobRunning),
    ];

    [Theory]
    [InlineData("aa11", "aa11")]
    [InlineData("aa2", "aa22")]
    [InlineData("daily", "aa22")]
    [InlineData("weekly", "bb33")]
    [InlineData("bb", "dd66")]
    [InlineData("bb3", "bb33")]
    public void A_job_is_meant_by_id_beginning_or_name(string text, string id) =>
        Assert.Equal(id, JobNames.Resolve(text, Jobs).JobId);

    [Theory]
    [InlineData("nothing", "There is no job 'nothing'.")]
    [InlineData("", "There is no job ''.")]
    [InlineData("week", "There is no job 'week'; the nearest is 'weekly'.")]
    [InlineData("dialy", "There is no job 'dialy'; the nearest is 'daily'.")]
    [InlineData("aa", "'aa' may be any of aa11 (FINISHED), aa22 (RUNNING); name one by its id.")]
    [InlineData("twice", "'twice' may be any of cc44 (FAILED), cc55 (CANCELED); name one by its id.")]
    public void What_means_none_or_several_is_refused(string text, string message)
    {
        var refused = Assert.Throws<MillraceException>(() => JobNames.Resolve(text, Jobs));
        Assert.Equal((ErrorKind.Invalid, message), (refused.Kind, refused.Message));
    }

    private static JobSummary Job(string id, string name, JobStateCode state) =>
        new() { JobId = id, Name = name, State = state };
}
