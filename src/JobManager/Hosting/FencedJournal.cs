using System.Collections.Immutable;
using System.Data.Common;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;
using Millrace.Shared.Errors;
using MySqlConnector;

namespace Millrace.JobManager.Hosting;

/// <summary>
/// A journal of one writer at a time for each persistence id. The unique key alone refuses a writer that was
/// replaced only while the events of its successor are there; but those that a snapshot covers are removed,
/// all but the last. So whoever has written looks whether an event with a higher number stands there: then
/// another one has written before, and the write fails. What it left lies below a snapshot, where nobody
/// reads it.
/// </summary>
internal sealed class FencedJournal : SqlWriteJournal
{
    private readonly bool _isFile;
    private readonly string _connection;

    public FencedJournal(Config config)
        : base(config)
    {
        _isFile = config.GetString("provider-name").StartsWith("SQLite", StringComparison.Ordinal);
        _connection = config.GetString("connection-string");
    }

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        AtomicWrite[] writes = [.. messages];
        IImmutableList<Exception> rejected =
            await base.WriteMessagesAsync(writes, cancellationToken).ConfigureAwait(false);
        AtomicWrite last = writes[^1];
        long highest = await HighestAsync(last.PersistenceId, cancellationToken).ConfigureAwait(false);
        if (highest > last.HighestSequenceNr)
            throw new MillraceException(ErrorKind.Fenced, JournalFailure.Conflict);
        return rejected;
    }

    private async Task<long> HighestAsync(string persistenceId, CancellationToken cancel)
    {
        DbConnection database =
            _isFile ? new SqliteConnection(_connection) : new MySqlConnection(_connection);
        await using (database.ConfigureAwait(false))
        {
            await database.OpenAsync(cancel).ConfigureAwait(false);
            DbCommand command = database.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = "SELECT MAX(sequence_number) FROM journal WHERE persistence_id = @id";
                DbParameter id = command.CreateParameter();
                id.ParameterName = "@id";
                id.Value = persistenceId;
                command.Parameters.Add(id);
                object? highest = await command.ExecuteScalarAsync(cancel).ConfigureAwait(false);
                return highest is long number ? number : 0;
            }
        }
    }
}
