namespace Millrace.Sql.Syntax;

/// <summary>Statements other than CREATE TABLE.</summary>
internal sealed partial class Parser
{
    private static readonly string[] ExplainDetails =
        ["ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE"];

    /// <summary>Statements that are known, but taken whole to be refused by name.</summary>
    private static readonly string[] OtherVerbs =
        ["USE", "SHOW", "DESCRIBE", "DESC", "ALTER", "LOAD", "UNLOAD", "ADD", "REMOVE", "ANALYZE", "CALL",
         "TRUNCATE", "UPDATE", "DELETE", "COMPILE", "STOP", "REPLACE"];

    public IReadOnlyList<Statement> ParseScript()
    {
        var statements = new List<Statement>();
        while (true)
        {
            while (AcceptSymbol(";")) continue;
            if (AtEnd) return statements;
            statements.Add(ParseStatement());
            if (!AtEnd && !IsSymbol(";")) throw Unexpected("';' or the end of the text");
        }
    }

    public QueryNode ParseWholeQuery()
    {
        var query = ParseQuery();
        while (AcceptSymbol(";")) continue;
        ExpectEnd();
        return query;
    }

    private Statement ParseStatement()
    {
        var start = _index;
        return ParseStatementBody() with { Span = From(start) };
    }

    private Statement ParseStatementBody()
    {
        if (StartsQuery(0)) return new QueryStatement(ParseQuery());
        if (IsWord("CREATE")) return ParseCreate();
        if (IsWord("DROP")) return ParseDrop();
        if (AcceptWord("SET")) return ParseSet();
        if (AcceptWord("RESET")) return new ResetStatement(AtStatementEnd ? null : ParseOptionKey());
        if (IsWord("INSERT")) return ParseInsert();
        if (AcceptWord("EXPLAIN")) return ParseExplain();
        if (AcceptWord("EXECUTE")) return ParseExecute();
        if (IsWord("STATEMENT", "SET")) return ParseStatementSet();
        if (AcceptWords("BEGIN", "STATEMENT")) return ParseOldStatementSet();
        if (OtherVerbs.Any(IsWord)) return ParseOther();
        throw NoStatement();
    }

    /// <summary>The error for a text that begins in the middle of a statement, as samples often do.</summary>
    private SqlException NoStatement()
    {
        var word = Current.Text.ToUpperInvariant();
        return word switch
        {
            "LEFT" or "RIGHT" or "FULL" or "INNER" or "CROSS" or "JOIN" or "FROM" or "WHERE" or "ON" => Error(
                $"{word} is a part of a query; write the whole one: SELECT .. FROM a LEFT JOIN b ON .. "
                + "WHERE .."),
            "PRIMARY" or "INDEX" or "WATERMARK" or "UNIQUE" => Error(
                $"{word} is a line of a table's column list; write it inside CREATE TABLE name (..)."),
            _ => Unexpected("a statement (CREATE, SET, INSERT, EXECUTE, EXPLAIN, SELECT..)"),
        };
    }

    private bool AtStatementEnd => AtEnd || IsSymbol(";");

    private Statement ParseCreate()
    {
        var start = _index;
        ExpectWord("CREATE");
        if (IsWord("OR", "REPLACE"))
            throw Unsupported("CREATE OR REPLACE is not known yet; DROP the object, then CREATE it.");
        var temporary = AcceptWord("TEMPORARY");
        if (AcceptWord("TABLE")) return ParseCreateTable(temporary);
        if (AcceptWord("VIEW")) return ParseCreateView(temporary);
        _index = start;
        return ParseOther();
    }

    private CreateView ParseCreateView(bool temporary)
    {
        var ifNotExists = AcceptIfNotExists();
        var name = ParseQualifiedName("the view's name");
        SyntaxList<Identifier> columns = IsSymbol("(") ? ParseNameList() : [];
        var comment = ParseComment();
        ExpectWord("AS");
        return new CreateView(name, temporary, ifNotExists, columns, comment, ParseQuery());
    }

    private bool AcceptIfNotExists()
    {
        if (!AcceptWord("IF")) return false;
        ExpectWords("NOT", "EXISTS");
        return true;
    }

    private string? ParseComment() => AcceptWord("COMMENT") ? ExpectString("the comment") : null;

    private Statement ParseDrop()
    {
        var start = _index;
        ExpectWord("DROP");
        var temporary = AcceptWord("TEMPORARY");
        var isTable = AcceptWord("TABLE");
        if (!isTable && !AcceptWord("VIEW"))
        {
            _index = start;
            return ParseOther();
        }

        var ifExists = AcceptWord("IF");
        if (ifExists) ExpectWord("EXISTS");
        var name = ParseQualifiedName("the name of what is dropped");
        return new DropStatement(isTable ? DropTarget.Table : DropTarget.View, name, temporary, ifExists);
    }

    private SetStatement ParseSet()
    {
        if (AtStatementEnd) return new SetStatement(null, null);
        var key = ParseOptionKey();
        ExpectSymbol("=");
        if (AtStatementEnd) throw Unexpected("the option's value, such as 'true'");
        return new SetStatement(key, ParseOptionText(() => AtStatementEnd));
    }

    private string ParseOptionKey() => ParseOptionText(() => AtStatementEnd || IsSymbol("="));

    /// <summary>A quoted string, or the bare text up to a mark, as old scripts write it.</summary>
    private string ParseOptionText(Func<bool> isEnd)
    {
        if (Current.Kind == TokenKind.String) return Advance().Text;
        var first = Current;
        if (isEnd()) throw Unexpected("an option's key, such as 'table.exec.state.ttl'");
        while (!isEnd()) _index++;
        return _text[first.Start..Previous.End];
    }

    private InsertStatement ParseInsert()
    {
        var start = _index;
        ExpectWord("INSERT");
        var overwrite = AcceptWord("OVERWRITE");
        if (!overwrite) ExpectWord("INTO");
        AcceptWord("TABLE");
        var target = ParseQualifiedName("the sink table's name");
        var hints = ParseHints();
        SyntaxList<PartitionValue> partition =
            AcceptWord("PARTITION") ? ParseBracketed(ParsePartitionValue) : [];
        SyntaxList<Identifier> columns = IsSymbol("(") && !StartsQuery(1) ? ParseNameList() : [];
        var query = ParseQuery();
        return new InsertStatement(target, overwrite, partition, columns, query, hints)
        {
            Span = From(start),
        };
    }

    private PartitionValue ParsePartitionValue()
    {
        var start = _index;
        var column = ParseName("a partition column");
        ExpectSymbol("=");
        return new PartitionValue(column, ParseExpression()) { Span = From(start) };
    }

    private Statement ParseExecute()
    {
        if (IsWord("STATEMENT")) return ParseStatementSet();
        if (IsWord("PLAN")) throw Unsupported("EXECUTE PLAN is not known; submit the SQL text.");
        return ParseStatementBody();
    }

    private StatementSet ParseStatementSet()
    {
        ExpectWords("STATEMENT", "SET", "BEGIN");
        return ParseInsertsToEnd();
    }

    private StatementSet ParseOldStatementSet()
    {
        ExpectWord("SET");
        ExpectSymbol(";");
        return ParseInsertsToEnd();
    }

    private StatementSet ParseInsertsToEnd()
    {
        var inserts = new List<InsertStatement>();
        while (!AcceptWord("END"))
        {
            if (!IsWord("INSERT")) throw Unexpected("INSERT or END in the statement set");
            inserts.Add(ParseInsert());
            ExpectSymbol(";");
        }

        return inserts.Count > 0
            ? new StatementSet([.. inserts])
            : throw Error("A statement set needs at least one INSERT between BEGIN and END.");
    }

    private ExplainStatement ParseExplain()
    {
        var details = new List<string>();
        if (AcceptWord("PLAN")) ExpectWord("FOR");
        else if (ExplainDetails.Any(IsWord))
            details.AddRange(ParseList(() => Advance().Text.ToUpperInvariant()));

        var explained = ParseStatement();
        return explained is QueryStatement or InsertStatement or StatementSet
            ? new ExplainStatement([.. details], explained)
            : throw new SqlException(SqlErrorKind.Syntax,
                "EXPLAIN takes a query, an INSERT or a statement set.", explained.Span);
    }

    private OtherStatement ParseOther()
    {
        var first = Advance();
        var verb = first.Text.ToUpperInvariant();
        if (Current.Kind == TokenKind.Word) verb += " " + Current.Text.ToUpperInvariant();
        while (!AtStatementEnd) _index++;
        return new OtherStatement(verb, _text[first.Start..Previous.End]);
    }
}
