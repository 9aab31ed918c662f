namespace Millrace.Sql.Syntax;

/// <summary>
/// A node of the syntax tree. Trees are immutable and compare by what they say: where a node stands in its
/// text (<see cref="Span"/>) never decides equality, so that one expression written twice, in SELECT and in
/// GROUP BY say, gives two equal nodes.
/// </summary>
/// <remarks>
/// Names keep the letters they were written in; keywords, function names and type names are compared without
/// case by whoever resolves them.
/// </remarks>
public abstract record SqlNode
{
    /// <summary>The place for the caret of an error about this node.</summary>
    public SourceSpan Span { get; init; }

    public virtual bool Equals(SqlNode? other) =>
        other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();
}

/// <summary>One name, without its backticks.</summary>
public sealed record Identifier(string Value) : SqlNode
{
    public override string ToString() => Value;
}

/// <summary>A name of one to three parts: <c>[[catalog.]database.]object</c>.</summary>
public sealed record QualifiedName(SyntaxList<Identifier> Parts) : SqlNode
{
    /// <summary>The last part: the object's own name.</summary>
    public string Simple => Parts[^1].Value;

    public override string ToString() => string.Join('.', Parts.Select(part => part.Value));
}

/// <summary>A hint: <c>LOOKUP('table'='d', 'async'='true')</c> or <c>BROADCAST(a, b)</c>.</summary>
/// <param name="Name">The hint's name as written.</param>
/// <param name="Items">Its arguments; a bare one has no key.</param>
public sealed record Hint(Identifier Name, SyntaxList<HintItem> Items) : SqlNode;

/// <summary>One argument of a hint, <c>'key'='value'</c> or a bare value.</summary>
public sealed record HintItem(string? Key, string Value) : SqlNode;
