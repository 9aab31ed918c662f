using System.Data.Common;
using Akka.Event;
using Microsoft.Data.Sqlite;
using Millrace.Shared.Errors;
using MySqlConnector;
using SQLitePCL;

namespace Millrace.JobManager.Hosting;

/// <summary>Why the journal took or gave no events.</summary>
internal static class JournalFailure
{
    public const string Conflict = "another JobManager has written to the journal meanwhile";

    /// <summary>One line about what the database did; a bug shows where it is.</summary>
    /// <param name="what">What could not be done and what happens now; a sentence without its end.</param>
    public static void Tell(ILoggingAdapter log, string what, Exception failure)
    {
        if (Sentence(failure) is { } sentence) log.Error("{0}: {1}", what, sentence);
        else log.Error(failure, "{0}", what);
    }

    /// <returns>Without secrets; null: no failure of the database.</returns>
    public static string? Sentence(Exception failure) => failure switch
    {
        MySqlException { ErrorCode: MySqlErrorCode.DuplicateKeyEntry }
            or SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT } =>
            Conflict,
        MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost } =>
            "the journal's database does not answer",
        DbException or MillraceException => failure.Message,
        TimeoutException => "the journal's database does not answer in time",
        { InnerException: { } cause } => Sentence(cause),
        _ => null,
    };
}
