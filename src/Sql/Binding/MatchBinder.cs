namespace Millrace.Sql.Binding;
internal sealed class MatchBinder(BoundTable input, Millrace.Sql.Syntax.MatchRecognize match)
{
    public BoundTable Bind() { _ = input; throw new SqlException(SqlErrorKind.Unsupported, "match", match.Span); }
}
