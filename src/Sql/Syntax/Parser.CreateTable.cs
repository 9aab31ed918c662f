namespace Millrace.Sql.Syntax;

/// <summary>CREATE TABLE and its column list.</summary>
internal sealed partial class Parser
{
    /// <summary>What other databases write after a column's type.</summary>
    private static readonly string[] ForeignColumnWords =
        ["DEFAULT", "AUTO_INCREMENT", "UNIQUE", "UNSIGNED", "ON", "CHECK", "REFERENCES", "COLLATE"];

    private static readonly string[] IndexWords = ["INDEX", "KEY", "UNIQUE", "FULLTEXT"];

    public SyntaxList<TableElement> ParseWholeColumnList()
    {
        SyntaxList<TableElement> elements = AtEnd ? [] : ParseList(ParseTableElement);
        ExpectEnd();
        return elements;
    }

    private CreateTable ParseCreateTable(bool temporary)
    {
        var ifNotExists = AcceptIfNotExists();
        var name = ParseQualifiedName("the table's name");
        var elements = ParseTableBody();
        var comment = ParseComment();
        if (IsWord("DISTRIBUTED"))
            throw Unsupported("DISTRIBUTED BY is not known yet; leave it out.");
        SyntaxList<Identifier> partitionKeys = [];
        if (AcceptWord("PARTITIONED"))
        {
            ExpectWord("BY");
            partitionKeys = ParseNameList();
        }

        SyntaxList<TableOption> options = AcceptWord("WITH") ? ParseOptions() : [];
        var like = AcceptWord("LIKE") ? ParseLike() : null;
        var query = AcceptWord("AS") ? ParseQuery() : null;
        return new CreateTable(
            name, temporary, ifNotExists, elements, comment, partitionKeys, options, like, query);
    }

    private SyntaxList<TableElement> ParseTableBody()
    {
        if (!AcceptSymbol("(")) return [];
        SyntaxList<TableElement> elements = IsSymbol(")") ? [] : ParseList(ParseTableElement);
        if (!IsSymbol(")") && Current.Kind == TokenKind.Word) RefuseForeignColumnWord();
        ExpectSymbol(")");
        return elements;
    }

    private SyntaxList<TableOption> ParseOptions()
    {
        ExpectSymbol("(");
        SyntaxList<TableOption> options = IsSymbol(")") ? [] : ParseList(ParseOption);
        ExpectSymbol(")");
        return options;
    }

    private TableOption ParseOption()
    {
        var start = _index;
        var key = ExpectString("an option's key");
        ExpectSymbol("=");
        return new TableOption(key, ExpectString("the option's value")) { Span = From(start) };
    }

    private LikeClause ParseLike()
    {
        var start = _index;
        var source = ParseQualifiedName("the table that is copied");
        var choices = new List<string>();
        if (AcceptSymbol("("))
        {
            while (!AcceptSymbol(")"))
            {
                var choice = Advance().Text + " " + Advance().Text;
                choices.Add(choice.ToUpperInvariant());
                if (AtEnd) throw Unexpected("')'");
            }
        }

        return new LikeClause(source, [.. choices]) { Span = From(start) };
    }

    private TableElement ParseTableElement()
    {
        var start = _index;
        return ParseTableElementBody() with { Span = From(start) };
    }

    private TableElement ParseTableElementBody()
    {
        if (IsWord("WATERMARK")) return ParseWatermark();
        if (IsWord("CONSTRAINT") || IsWord("PRIMARY", "KEY") || (IsWord("UNIQUE") && Ahead(1).IsSymbol("(")))
            return ParseKey();
        RefuseIndex();
        var name = ParseName("a column's name");
        if (AcceptWord("AS"))
        {
            var expression = ParseExpression();
            return new ComputedColumn(name, expression, ParseComment());
        }

        var type = ParseType();
        return AcceptWord("METADATA") ? ParseMetadataColumn(name, type) : ParsePhysicalColumn(name, type);
    }

    private WatermarkDefinition ParseWatermark()
    {
        ExpectWords("WATERMARK", "FOR");
        var column = ParseQualifiedName("the event time column");
        ExpectWord("AS");
        return new WatermarkDefinition(column, ParseExpression());
    }

    private KeyDefinition ParseKey()
    {
        var name = AcceptWord("CONSTRAINT") ? ParseName("the constraint's name") : null;
        var isPrimary = AcceptWord("PRIMARY");
        if (isPrimary) ExpectWord("KEY");
        else ExpectWord("UNIQUE");
        var columns = ParseNameList();
        return new KeyDefinition(name, isPrimary, columns, ParseNotEnforced());
    }

    private bool ParseNotEnforced()
    {
        if (IsWord("ENFORCED"))
            throw Error("A key cannot be enforced: Flink owns no data; write NOT ENFORCED.");
        if (!IsWord("NOT", "ENFORCED")) return false;
        _index += 2;
        return true;
    }

    private MetadataColumn ParseMetadataColumn(Identifier name, TypeName type)
    {
        var key = AcceptWord("FROM") ? ExpectString("the metadata key") : null;
        var isVirtual = AcceptWord("VIRTUAL");
        return new MetadataColumn(name, type, key, isVirtual, ParseComment());
    }

    private PhysicalColumn ParsePhysicalColumn(Identifier name, TypeName type)
    {
        var isKey = AcceptWords("PRIMARY", "KEY");
        var notEnforced = isKey && ParseNotEnforced();
        RefuseForeignColumnWord();
        return new PhysicalColumn(name, type, isKey, notEnforced, ParseComment());
    }

    private void RefuseForeignColumnWord()
    {
        var word = ForeignColumnWords.FirstOrDefault(IsWord);
        if (word is not null)
            throw Error($"{Current.Text} is DDL of a database; in Flink SQL a column has a type, NOT NULL, " +
                "PRIMARY KEY NOT ENFORCED and COMMENT; keep this in the database's own DDL.");
    }

    private void RefuseIndex()
    {
        var ahead = Ahead(1).IsWord("KEY") || Ahead(1).IsWord("INDEX") ? 2 : 1;
        if (!IndexWords.Any(IsWord) || Ahead(ahead).Kind != TokenKind.Word || !Ahead(ahead + 1).IsSymbol("("))
            return;
        if (IsWord("KEY") && !IsForeignIndexBody(ahead + 2)) return;
        throw Error("Flink SQL has no indexes; remove this line and keep it in the database's own DDL.");
    }

    /// <summary>
    /// Whether names stand in the brackets, not the numbers of a type: KEY k (a), not key VARCHAR(9).
    /// </summary>
    private bool IsForeignIndexBody(int ahead) => Ahead(ahead).Kind is TokenKind.Word or TokenKind.QuotedName;
}
