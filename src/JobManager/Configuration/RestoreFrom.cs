namespace Millrace.JobManager.Configuration;

/// <summary>The checkpoint or savepoint that a job starts from.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="AllowNonRestoredState">State of operators that the job no longer has is dropped instead of
/// refused.</param>
public sealed record RestoreFrom(string Path, bool AllowNonRestoredState = false);
