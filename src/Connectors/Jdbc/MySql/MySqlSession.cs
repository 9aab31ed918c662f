using MySqlConnector;

namespace Millrace.Connectors.Jdbc.MySql;

/// <summary>A connection that runs one statement at a time, which a cancellation ends early.</summary>
internal sealed class MySqlSession(MySqlConnection connection, CancellationToken cancel) : IDisposable
{
    public CancellationToken Cancel => cancel;

    public void Run(string sql)
    {
        using var command = new MySqlCommand(sql);
        Run(command);
    }

    public void Run(MySqlCommand command)
    {
        using CancellationTokenRegistration ends = EndsEarly(command);
        command.ExecuteNonQuery();
    }

    /// <param name="onRow">Called for each row.</param>
    public void Read(MySqlCommand command, Action<MySqlDataReader> onRow)
    {
        using CancellationTokenRegistration ends = EndsEarly(command);
        using MySqlDataReader reader = command.ExecuteReader();
        while (reader.Read()) onRow(reader);
    }

    /// <summary>
    /// What tells this connection from all others, also of the time before the server began.
    /// </summary>
    /// <returns>The server's number, and the client's address and port as the server sees them.</returns>
    public (long Id, string Client) Identity()
    {
        (long, string) identity = default;
        using var command = new MySqlCommand(
            "SELECT ID, HOST FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()");
        Read(command, reader => identity = (reader.GetInt64(0), reader.GetString(1)));
        return identity;
    }

    /// <summary>Whether the server has this connection, as far as this user may see.</summary>
    public bool Lives(long id, string? client)
    {
        bool lives = false;
        using var command = new MySqlCommand(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE ID = @id AND HOST = @client "
            + "AND ID <> CONNECTION_ID()");
        command.Parameters.AddWithValue("@id", id);
        command.Parameters.AddWithValue("@client", client);
        Read(command, _ => lives = true);
        return lives;
    }

    public void Dispose() => connection.Dispose();

    /// <summary>
    /// Makes the command one of this connection, which a cancellation ends until the result is disposed. It
    /// asks the server on another connection, so not on the canceling thread.
    /// </summary>
    public CancellationTokenRegistration EndsEarly(MySqlCommand command)
    {
        cancel.ThrowIfCancellationRequested();
        command.Connection = connection;
        return cancel.Register(
            () => ThreadPool.UnsafeQueueUserWorkItem(EndEarly, command, preferLocal: false));
    }

    /// <summary>From any thread; does nothing where it has ended.</summary>
    public static void EndEarly(MySqlCommand command)
    {
        try
        {
            command.Cancel();
        }
        catch (Exception)
        {
            // Its connection may be closed at the same moment, which ends the command too.
        }
    }
}
