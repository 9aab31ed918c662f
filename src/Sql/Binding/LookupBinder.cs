namespace Millrace.Sql.Binding;
internal sealed class LookupBinder(FromBinder from, BoundTable left, Millrace.Sql.Syntax.JoinTable join, Millrace.Sql.Syntax.NamedTable lookup)
{
    public BoundTable Bind() { _ = from; _ = left; _ = lookup; throw new SqlException(SqlErrorKind.Unsupported, "lookup", join.Span); }
}
