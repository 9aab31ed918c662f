using MySqlConnector;
using Xunit;

namespace Millrace.TestServers;

/// <summary>
/// Needs a MySQL or MariaDB server: the variable MILLRACE_MYSQL names a database in which the test may make
/// tables, as <c>jdbc:mysql://host:port/database?user=…&amp;password=…</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MySqlFactAttribute : FactAttribute
{
    private const string Variable = "MILLRACE_MYSQL";

    /// <param name="mustGrant">The test makes users: the variable's user must be allowed to.</param>
    public MySqlFactAttribute(bool mustGrant = false)
    {
        if (Url is null) Skip = $"{Variable} names no MySQL server.";
        else if (mustGrant && !MayGrant()) Skip = $"The user of {Variable} may not make users.";
    }

    public static string? Url => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } url
        ? url : null;

    private static bool MayGrant()
    {
        using MySqlConnection connection = MySqlDatabase.OpenServer();
        using var command = new MySqlCommand(
            "SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE IS_GRANTABLE = 'YES' "
            + "AND PRIVILEGE_TYPE = 'CREATE USER'", connection);
        return command.ExecuteScalar() is long and > 0;
    }
}
