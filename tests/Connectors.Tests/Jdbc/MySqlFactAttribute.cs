using Xunit;

namespace Millrace.Connectors.Tests.Jdbc;

/// <summary>
/// Needs a MySQL or MariaDB server: the variable MILLRACE_MYSQL names a database in which the test may make
/// tables, as <c>jdbc:mysql://host:port/database?user=…&amp;password=…</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MySqlFactAttribute : FactAttribute
{
    private const string Variable = "MILLRACE_MYSQL";

    public MySqlFactAttribute()
    {
        if (Url is null) Skip = $"{Variable} names no MySQL server.";
    }

    public static string? Url => Environment.GetEnvironmentVariable(Variable);
}
