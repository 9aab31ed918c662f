using Millrace.JobManager.Configuration;
using Millrace.Shared.Messages;

namespace Millrace.JobManager.Commands;

/// <summary>What is to be submitted, out of files where the client runs.</summary>
internal static class JobFileReader
{
    /// <summary>The job has the call's id.</summary>
    /// <exception cref="Shared.Errors.MillraceException">Invalid, naming the client's file, line and column.
    /// </exception>
    public static async Task<SubmitJob> ReadAsync(CommandCall call, CancellationToken cancel)
    {
        string path = call.Arguments.Required("file");
        Dictionary<string, string> variables = call.Arguments.Pairs("set");
        Dictionary<string, string> settings = call.Arguments.Pairs("conf");
        JobDefinition definition = await call.ReadFilesAsync(
            read => JobDefinition.Load(path, new JobFiles(call.Folder, read), variables, settings), cancel)
            .ConfigureAwait(false);
        return new SubmitJob
        {
            JobId = call.Id,
            Name = definition.Name,
            Sql = new SqlJob
            {
                Text = definition.Sql,
                SourceName = definition.SqlFile,
                Parallelism = definition.Parallelism,
                MaxParallelism = definition.MaxParallelism,
                Folder = call.Folder,
            },
            Settings = JobSettingsCodec.ToMessage(definition.Options),
            RestorePath = call.Arguments.Text("savepoint") is { } restore ? call.Locate(restore) : "",
            AllowNonRestoredState = call.Arguments.Has("allow-non-restored-state"),
        };
    }
}
