namespace Millrace.Sql.Syntax;

/// <summary>A statement of a script.</summary>
public abstract record Statement : SqlNode;

/// <summary>A query that stands alone.</summary>
public sealed record QueryStatement(QueryNode Query) : Statement;

/// <summary>
/// <c>CREATE [TEMPORARY] TABLE [IF NOT EXISTS] name (elements) COMMENT .. WITH (options)</c>.
/// </summary>
/// <param name="Name">The table's name.</param>
/// <param name="Temporary">Whether TEMPORARY was written.</param>
/// <param name="IfNotExists">Whether an existing table of this name is left as it is.</param>
/// <param name="Elements">Columns, watermark and primary key in the order written; may be empty.</param>
/// <param name="Comment">The table's comment.</param>
/// <param name="PartitionKeys">The columns of PARTITIONED BY; empty without it.</param>
/// <param name="Options">The WITH options in the order written; empty without WITH.</param>
/// <param name="Like">The LIKE clause.</param>
/// <param name="Query">The query of CREATE TABLE AS.</param>
public sealed record CreateTable(
    QualifiedName Name,
    bool Temporary,
    bool IfNotExists,
    SyntaxList<TableElement> Elements,
    string? Comment,
    SyntaxList<Identifier> PartitionKeys,
    SyntaxList<TableOption> Options,
    LikeClause? Like,
    QueryNode? Query) : Statement;

/// <summary><c>CREATE [TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] [COMMENT ..] AS query</c>.</summary>
public sealed record CreateView(
    QualifiedName Name,
    bool Temporary,
    bool IfNotExists,
    SyntaxList<Identifier> Columns,
    string? Comment,
    QueryNode Query) : Statement;

/// <summary><c>DROP [TEMPORARY] TABLE|VIEW [IF EXISTS] name</c>.</summary>
public sealed record DropStatement(
    DropTarget Target, QualifiedName Name, bool Temporary, bool IfExists) : Statement;

/// <summary>What a DROP takes away.</summary>
public enum DropTarget
{
    Table,
    View,
}

/// <summary>
/// <c>SET 'key' = 'value'</c>; a bare SET, which lists the options, has neither key nor value.
/// </summary>
public sealed record SetStatement(string? Key, string? Value) : Statement;

/// <summary><c>RESET ['key']</c>.</summary>
public sealed record ResetStatement(string? Key) : Statement;

/// <summary><c>INSERT INTO|OVERWRITE target [PARTITION (k = v)] [(columns)] query</c>.</summary>
/// <param name="Target">The sink table.</param>
/// <param name="Overwrite">Whether the query's rows replace those of the table.</param>
/// <param name="StaticPartition">The constants of PARTITION (..); empty without it.</param>
/// <param name="Columns">The columns that the query's columns go to; empty for all, in order.</param>
/// <param name="Query">The rows.</param>
/// <param name="Hints">Hints after the table's name.</param>
public sealed record InsertStatement(
    QualifiedName Target,
    bool Overwrite,
    SyntaxList<PartitionValue> StaticPartition,
    SyntaxList<Identifier> Columns,
    QueryNode Query,
    SyntaxList<Hint> Hints) : Statement;

/// <summary><c>EXECUTE STATEMENT SET BEGIN insert; insert; END</c>: one job with several sinks.</summary>
public sealed record StatementSet(SyntaxList<InsertStatement> Inserts) : Statement;

/// <summary><c>EXPLAIN [details | PLAN FOR] statement</c>.</summary>
/// <param name="Details">The details asked for, in upper case: ESTIMATED_COST, CHANGELOG_MODE,
/// JSON_EXECUTION_PLAN.</param>
/// <param name="Explained">A query, an insert or a statement set.</param>
public sealed record ExplainStatement(SyntaxList<string> Details, Statement Explained) : Statement;

/// <summary>
/// A statement that Flink knows and that is recognised only to be refused by name: USE, SHOW, ALTER..
/// </summary>
/// <param name="Verb">Its first words in upper case, such as <c>SHOW TABLES</c>.</param>
/// <param name="Text">The statement as written.</param>
public sealed record OtherStatement(string Verb, string Text) : Statement;

/// <summary>One option of WITH: <c>'key' = 'value'</c>.</summary>
public sealed record TableOption(string Key, string Value) : SqlNode;

/// <summary>One constant of a static partition: <c>dt = '2024-01-01'</c>.</summary>
public sealed record PartitionValue(Identifier Column, SqlExpr Value) : SqlNode;

/// <summary><c>LIKE source (INCLUDING ALL OVERWRITING OPTIONS ..)</c>.</summary>
/// <param name="Source">The table whose definition is copied.</param>
/// <param name="Choices">The choices in upper case, each of two words: <c>EXCLUDING CONSTRAINTS</c>.</param>
public sealed record LikeClause(QualifiedName Source, SyntaxList<string> Choices) : SqlNode;

/// <summary>A line of a table's column list.</summary>
public abstract record TableElement : SqlNode;

/// <summary><c>name TYPE [NOT NULL] [PRIMARY KEY NOT ENFORCED] [COMMENT '..']</c>.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">Its type, with its nullability.</param>
/// <param name="IsPrimaryKey">Whether the column alone is the primary key.</param>
/// <param name="NotEnforced">Whether NOT ENFORCED was written after PRIMARY KEY.</param>
/// <param name="Comment">Its comment.</param>
public sealed record PhysicalColumn(
    Identifier Name, TypeName Type, bool IsPrimaryKey, bool NotEnforced, string? Comment) : TableElement;

/// <summary><c>name AS expression [COMMENT '..']</c>.</summary>
public sealed record ComputedColumn(Identifier Name, SqlExpr Expression, string? Comment) : TableElement;

/// <summary>
/// <c>name TYPE METADATA [FROM 'key'] [VIRTUAL] [COMMENT '..']</c>; without key, the name is the key.
/// </summary>
public sealed record MetadataColumn(
    Identifier Name, TypeName Type, string? Key, bool IsVirtual, string? Comment) : TableElement;

/// <summary><c>WATERMARK FOR column AS expression</c>; the column may lie in a row: <c>a.b</c>.</summary>
public sealed record WatermarkDefinition(QualifiedName Column, SqlExpr Expression) : TableElement;

/// <summary><c>[CONSTRAINT name] PRIMARY KEY|UNIQUE (columns) [NOT ENFORCED]</c>.</summary>
public sealed record KeyDefinition(
    Identifier? ConstraintName,
    bool IsPrimary,
    SyntaxList<Identifier> Columns,
    bool NotEnforced) : TableElement;
