using Millrace.Shared.Errors;

namespace Millrace.Connectors.Jdbc;

/// <summary>What a failure of the database means for who waits for it.</summary>
/// <param name="What">Goes on after <c>Table 'name' </c>; without secrets.</param>
/// <param name="IsPassing">Whether another try may help.</param>
/// <param name="HasWaited">It was waited for as long as the table's options say: no other try now.</param>
internal sealed record JdbcFailure(string What, bool IsPassing, bool HasWaited = false)
{
    public MillraceException ToException(string table, Exception cause) => new(
        IsPassing ? ErrorKind.Unavailable : ErrorKind.Invalid, $"Table '{table}' {What}", cause);
}
