using System.Globalization;
using Millrace.Shared.Errors;
using MySqlConnector;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>
/// <see cref="Fence"/> on a server. The lock is that of the row, which a flush holds until it commits; a
/// predecessor that was stopped in the middle of one would hold it for ever, so a writer registers its
/// connection in its row and the successor kills it. Connection ids begin again when a server does: an id
/// counts only together with the client's address and port, as the server sees them.
/// <para>
/// Taking over is made of statements that are transactions of their own and only ever raise numbers, so a
/// client that is stopped between two of them holds no lock. It ends when a last reading finds nothing left
/// to raise.
/// </para>
/// </summary>
internal sealed class MySqlFence
{
    private const string OwnRow = "job = @job AND sink = @sink AND subtask = @subtask";

    private readonly MySqlSession _session;
    private readonly Fence _fence;
    private readonly bool _takesOver;
    private readonly TimeSpan _limit;
    private readonly MySqlCommand _begin;
    private readonly MySqlCommand _renew;
    private bool _isOpen;

    /// <param name="takesOver">Else only whether the attempt still stands is looked at.</param>
    /// <param name="limit">How long locks are waited for that can't be broken.</param>
    public MySqlFence(MySqlSession session, Fence fence, bool takesOver, TimeSpan limit)
    {
        _takesOver = takesOver;
        _limit = limit;
        _session = session;
        _fence = fence;
        _begin = Command(
            "START TRANSACTION; "
            + $"SELECT attempt, renewed_ms FROM {Fence.TableName} WHERE {OwnRow} FOR UPDATE");
        _renew = Command($"UPDATE {Fence.TableName} SET renewed_ms = @now WHERE {OwnRow}");
        _renew.Parameters.AddWithValue("@now", 0L);
    }

    /// <summary>
    /// Begins the transaction of a flush with this subtask's row under lock; the caller rolls back on any
    /// failure.
    /// </summary>
    /// <exception cref="MillraceException">Fenced: another attempt stands there.</exception>
    public void Begin()
    {
        long? stored = null;
        bool isDue = false;
        _session.Read(_begin, reader =>
        {
            stored = reader.GetInt64(0);
            isDue = _fence.IsDue(reader.GetInt64(1));
        });
        if (!_fence.Stands(stored)) throw _fence.Fenced(stored);
        if (!isDue) return;
        _renew.Parameters["@now"].Value = _fence.NowMillis;
        _session.Run(_renew);
    }

    /// <summary>
    /// Before the first flush of the session: takes the attempt's subtasks over from those before it (else
    /// looks whether they are still its own), and registers the connection.
    /// </summary>
    /// <exception cref="MillraceException">Fenced; Unavailable: the limit is over; Invalid: the user may not
    /// make or change the table.</exception>
    public void Open()
    {
        if (_isOpen) return;
        try
        {
            if (_takesOver) CreateTable();
            _session.Run("SET SESSION innodb_lock_wait_timeout = 1");
            (long id, string client) = _session.Identity();
            bool isNew = false;
            for (int seconds = 0; !Stand(id, client, ref isNew); seconds++)
                if (seconds >= _limit.TotalSeconds) throw _fence.Locked(_limit);
            _session.Run("SET SESSION innodb_lock_wait_timeout = DEFAULT");
            if (isNew) Forget();
            _isOpen = true;
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.TableAccessDenied
            or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.ColumnAccessDenied)
        {
            throw _fence.Refused(e);
        }
    }

    /// <summary>One try; it waits a second at most for a lock.</summary>
    /// <param name="isNew">Whether a number has been raised.</param>
    /// <returns>Whether all numbers and this connection have been seen to stand there.</returns>
    private bool Stand(long id, string client, ref bool isNew)
    {
        try
        {
            FenceRow[] rows = Rows();
            int[] raised = Raised(rows);
            FenceRow? own = rows.FirstOrDefault(r => r.Subtask == _fence.Subtask);
            if (raised.Length == 0 && own?.Connection == id && own.Client == client) return true;
            foreach (FenceRow row in rows)
                if (raised.Contains(row.Subtask) || row == own) Kill(row);
            if (_takesOver) Write([.. raised.Append(_fence.Subtask).Distinct().Order()], id, client);
            else Register(id, client);
            isNew |= raised.Length > 0;
        }
        catch (MySqlException e)
            when (e.ErrorCode is MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.LockDeadlock)
        {
            _session.Cancel.ThrowIfCancellationRequested();
        }
        return false;
    }

    private int[] Raised(FenceRow[] rows)
    {
        if (_takesOver) return [.. _fence.Raised(rows.ToDictionary(r => r.Subtask, r => r.Attempt))];
        int? stored = rows.FirstOrDefault(r => r.Subtask == _fence.Subtask)?.Attempt;
        return _fence.Stands(stored) ? [] : throw _fence.Fenced(stored);
    }

    private FenceRow[] Rows()
    {
        using MySqlCommand command = Command(
            $"SELECT subtask, attempt, connection, client FROM {Fence.TableName} "
            + "WHERE job = @job AND sink = @sink");
        List<FenceRow> rows = [];
        _session.Read(command, reader => rows.Add(new FenceRow(
            reader.GetInt32(0), reader.GetInt32(1),
            reader.IsDBNull(2) ? null : reader.GetInt64(2),
            reader.IsDBNull(3) ? null : reader.GetString(3))));
        return [.. rows];
    }

    /// <summary>Ends the connection that wrote the row, where it still lives; its locks go with it.</summary>
    private void Kill(FenceRow row)
    {
        if (row.Connection is not { } id || !_session.Lives(id, row.Client)) return;
        try
        {
            _session.Run(string.Create(CultureInfo.InvariantCulture, $"KILL CONNECTION {id}"));
        }
        catch (MySqlException e)
            when (e.ErrorCode is MySqlErrorCode.NoSuchThread or MySqlErrorCode.KillDenied)
        {
            // It has just ended; or it is another user's, then its locks are waited for.
        }
    }

    /// <summary>Raises the rows in one statement; a number that is higher meanwhile stays.</summary>
    private void Write(int[] subtasks, long id, string client)
    {
        using MySqlCommand command = Command("");
        command.Parameters.AddWithValue("@id", id);
        command.Parameters.AddWithValue("@client", client);
        command.Parameters.AddWithValue("@attempt", _fence.Attempt);
        command.Parameters.AddWithValue("@now", _fence.NowMillis);
        string rows = string.Join(", ", subtasks.Select(subtask => string.Create(
            CultureInfo.InvariantCulture,
            $"(@job, @sink, {subtask}, @attempt, {Registered(subtask)}, @now)")));
        // The columns are set from left to right, so the attempt, which the others compare with, comes last.
        const string wins = "VALUES(attempt) > attempt OR "
            + "(VALUES(attempt) = attempt AND VALUES(connection) IS NOT NULL)";
        command.CommandText = $"INSERT INTO {Fence.TableName} "
            + $"(job, sink, subtask, attempt, connection, client, renewed_ms) VALUES {rows} "
            + $"ON DUPLICATE KEY UPDATE connection = IF({wins}, VALUES(connection), connection), "
            + $"client = IF({wins}, VALUES(client), client), "
            + $"renewed_ms = VALUES(renewed_ms), attempt = GREATEST(attempt, VALUES(attempt))";
        _session.Run(command);
    }

    /// <summary>Where this attempt still stands.</summary>
    private void Register(long id, string client)
    {
        using MySqlCommand command = Command($"UPDATE {Fence.TableName} "
            + $"SET connection = @id, client = @client WHERE {OwnRow} AND attempt = @attempt");
        command.Parameters.AddWithValue("@id", id);
        command.Parameters.AddWithValue("@client", client);
        command.Parameters.AddWithValue("@attempt", _fence.Attempt);
        _session.Run(command);
    }

    private string Registered(int subtask) => subtask == _fence.Subtask ? "@id, @client" : "NULL, NULL";

    /// <summary>
    /// By primary key, so that no row of another job is locked, and only where it has not been renewed.
    /// </summary>
    private void Forget()
    {
        long oldest = _fence.NowMillis - (long)Fence.KeptFor.TotalMilliseconds;
        using var find = new MySqlCommand(
            $"SELECT job, sink, subtask FROM {Fence.TableName} WHERE renewed_ms < @oldest LIMIT 1000");
        find.Parameters.AddWithValue("@oldest", oldest);
        List<(string Job, string Sink, int Subtask)> old = [];
        _session.Read(find, r => old.Add((r.GetString(0), r.GetString(1), r.GetInt32(2))));
        foreach ((string job, string sink, int subtask) in old)
        {
            using var forget = new MySqlCommand(
                $"DELETE FROM {Fence.TableName} WHERE {OwnRow} AND renewed_ms < @oldest");
            AddKey(forget, job, sink, subtask);
            forget.Parameters.AddWithValue("@oldest", oldest);
            _session.Run(forget);
        }
    }

    /// <summary>Asks for the right to create tables only where the table is missing.</summary>
    private void CreateTable()
    {
        try
        {
            Rows();
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.NoSuchTable)
        {
            _session.Run($"CREATE TABLE IF NOT EXISTS {Fence.TableName} (job VARCHAR(255) NOT NULL, "
                + "sink VARCHAR(255) NOT NULL, subtask INT NOT NULL, attempt INT NOT NULL, "
                + "connection BIGINT, client VARCHAR(255), renewed_ms BIGINT NOT NULL, "
                + "PRIMARY KEY (job, sink, subtask)) "
                + "ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin");
        }
    }

    private MySqlCommand Command(string sql)
    {
        var command = new MySqlCommand(sql);
        AddKey(command, _fence.JobId, _fence.Sink, _fence.Subtask);
        return command;
    }

    private static void AddKey(MySqlCommand command, string job, string sink, int subtask)
    {
        command.Parameters.AddWithValue("@job", job);
        command.Parameters.AddWithValue("@sink", sink);
        command.Parameters.AddWithValue("@subtask", subtask);
    }

    private sealed record FenceRow(int Subtask, int Attempt, long? Connection, string? Client);
}
