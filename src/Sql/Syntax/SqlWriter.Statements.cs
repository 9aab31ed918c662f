namespace Millrace.Sql.Syntax;

/// <summary>Statements, table elements and types.</summary>
internal sealed partial class SqlWriter
{
    public void Write(Statement statement)
    {
        switch (statement)
        {
            case QueryStatement query: Write(query.Query); break;
            case CreateTable table: WriteCreateTable(table); break;
            case CreateView view: WriteCreateView(view); break;
            case DropStatement drop: WriteDrop(drop); break;
            case SetStatement set: WriteSet(set); break;
            case ResetStatement reset:
                Add("RESET");
                AddOptional(" ", reset.Key, AddString);
                break;
            case InsertStatement insert: WriteInsert(insert); break;
            case StatementSet set: WriteStatementSet(set); break;
            case ExplainStatement explain: WriteExplain(explain); break;
            case OtherStatement other: Add(other.Text); break;
            default: throw NoText(statement);
        }
    }

    private void WriteCreateTable(CreateTable table)
    {
        Add(table.Temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ");
        AddIf(table.IfNotExists, "IF NOT EXISTS ");
        Write(table.Name);
        Add(" ");
        AddBracketed(table.Elements, Write);
        AddOptional(" COMMENT ", table.Comment, AddString);
        if (table.PartitionKeys.Count > 0)
        {
            Add(" PARTITIONED BY ");
            AddBracketed(table.PartitionKeys, Write);
        }

        if (table.Options.Count > 0)
        {
            Add(" WITH ");
            AddBracketed(table.Options, WriteOption);
        }

        AddOptional(" LIKE ", table.Like, WriteLike);
        AddOptional(" AS ", table.Query, Write);
    }

    private void WriteOption(TableOption option)
    {
        AddString(option.Key);
        Add(" = ");
        AddString(option.Value);
    }

    private void WriteLike(LikeClause like)
    {
        Write(like.Source);
        if (like.Choices.Count > 0) Add(" (" + string.Join(' ', like.Choices) + ")");
    }

    private void WriteCreateView(CreateView view)
    {
        Add(view.Temporary ? "CREATE TEMPORARY VIEW " : "CREATE VIEW ");
        AddIf(view.IfNotExists, "IF NOT EXISTS ");
        Write(view.Name);
        if (view.Columns.Count > 0)
        {
            Add(" ");
            AddBracketed(view.Columns, Write);
        }

        AddOptional(" COMMENT ", view.Comment, AddString);
        Add(" AS ");
        Write(view.Query);
    }

    private void WriteDrop(DropStatement drop)
    {
        Add(drop.Temporary ? "DROP TEMPORARY " : "DROP ");
        Add(drop.Target == DropTarget.Table ? "TABLE " : "VIEW ");
        AddIf(drop.IfExists, "IF EXISTS ");
        Write(drop.Name);
    }

    private void WriteSet(SetStatement set)
    {
        Add("SET");
        AddOptional(" ", set.Key, AddString);
        AddOptional(" = ", set.Value, AddString);
    }

    private void WriteInsert(InsertStatement insert)
    {
        Add(insert.Overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
        Write(insert.Target);
        WriteHints(insert.Hints);
        if (insert.StaticPartition.Count > 0)
        {
            Add(" PARTITION ");
            AddBracketed(insert.StaticPartition, WritePartitionValue);
        }

        if (insert.Columns.Count > 0)
        {
            Add(" ");
            AddBracketed(insert.Columns, Write);
        }

        Add(" ");
        Write(insert.Query);
    }

    private void WritePartitionValue(PartitionValue value)
    {
        Write(value.Column);
        Add(" = ");
        Write(value.Value);
    }

    private void WriteStatementSet(StatementSet set)
    {
        Add("EXECUTE STATEMENT SET BEGIN ");
        foreach (var insert in set.Inserts)
        {
            WriteInsert(insert);
            Add("; ");
        }

        Add("END");
    }

    private void WriteExplain(ExplainStatement explain)
    {
        Add("EXPLAIN ");
        if (explain.Details.Count > 0) Add(string.Join(", ", explain.Details) + " ");
        Write(explain.Explained);
    }

    public void Write(TableElement element)
    {
        switch (element)
        {
            case PhysicalColumn column: WritePhysical(column); break;
            case ComputedColumn column:
                Write(column.Name);
                Add(" AS ");
                Write(column.Expression);
                AddOptional(" COMMENT ", column.Comment, AddString);
                break;
            case MetadataColumn column: WriteMetadata(column); break;
            case WatermarkDefinition watermark:
                Add("WATERMARK FOR ");
                Write(watermark.Column);
                Add(" AS ");
                Write(watermark.Expression);
                break;
            case KeyDefinition key: WriteKey(key); break;
            default: throw NoText(element);
        }
    }

    private void WritePhysical(PhysicalColumn column)
    {
        Write(column.Name);
        Add(" ");
        Write(column.Type);
        AddIf(column.IsPrimaryKey, " PRIMARY KEY");
        AddIf(column.NotEnforced, " NOT ENFORCED");
        AddOptional(" COMMENT ", column.Comment, AddString);
    }

    private void WriteMetadata(MetadataColumn column)
    {
        Write(column.Name);
        Add(" ");
        Write(column.Type);
        Add(" METADATA");
        AddOptional(" FROM ", column.Key, AddString);
        AddIf(column.IsVirtual, " VIRTUAL");
        AddOptional(" COMMENT ", column.Comment, AddString);
    }

    private void WriteKey(KeyDefinition key)
    {
        AddOptional("CONSTRAINT ", key.ConstraintName, name => { Write(name); Add(" "); });
        Add(key.IsPrimary ? "PRIMARY KEY " : "UNIQUE ");
        AddBracketed(key.Columns, Write);
        AddIf(key.NotEnforced, " NOT ENFORCED");
    }

    public void Write(TypeName type)
    {
        switch (type)
        {
            case SimpleType simple: WriteSimpleType(simple); break;
            case ArrayTypeName array: WriteTypeWithItems("ARRAY", array.Element); break;
            case MultisetTypeName multiset: WriteTypeWithItems("MULTISET", multiset.Element); break;
            case MapTypeName map: WriteTypeWithItems("MAP", map.Key, map.Value); break;
            case RowTypeName row:
                Add("ROW<");
                AddList(row.Fields, WriteRowField);
                Add(">");
                break;
            case IntervalTypeName interval:
                Add("INTERVAL ");
                WriteQualifier(interval.Qualifier);
                break;
            default: throw NoText(type);
        }

        AddIf(type.IsNullable == false, " NOT NULL");
        AddIf(type.IsNullable == true, " NULL");
    }

    private void WriteSimpleType(SimpleType type)
    {
        Add(type.Name == "TIMESTAMP_TZ" ? "TIMESTAMP" : type.Name);
        if (type.Parameters.Count > 0) Add("(" + string.Join(", ", type.Parameters) + ")");
        AddIf(type.Name == "TIMESTAMP_TZ", " WITH TIME ZONE");
    }

    private void WriteTypeWithItems(string name, params TypeName[] items)
    {
        Add(name + "<");
        AddList(items, Write);
        Add(">");
    }

    private void WriteRowField(RowTypeField field)
    {
        Write(field.Name);
        Add(" ");
        Write(field.Type);
        AddOptional(" ", field.Comment, AddString);
    }

    private void WriteQualifier(IntervalQualifier qualifier)
    {
        Add(UnitName(qualifier.Start));
        var fractionAtStart = qualifier.End is null && qualifier.FractionPrecision is not null;
        if (qualifier.Precision is { } precision)
            Add(fractionAtStart ? $"({precision}, {qualifier.FractionPrecision})" : $"({precision})");
        if (qualifier.End is not { } end) return;
        Add(" TO " + UnitName(end));
        if (qualifier.FractionPrecision is { } fraction) Add($"({fraction})");
    }

    private static string UnitName(TimeUnit unit) => unit switch
    {
        TimeUnit.DayOfWeek => "DOW",
        TimeUnit.IsoDayOfWeek => "ISODOW",
        TimeUnit.DayOfYear => "DOY",
        _ => unit.ToString().ToUpperInvariant(),
    };
}
