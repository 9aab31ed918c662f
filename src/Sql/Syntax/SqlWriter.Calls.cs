namespace Millrace.Sql.Syntax;

/// <summary>Calls.</summary>
internal sealed partial class SqlWriter
{
    private void WriteCall(SqlExpr expression)
    {
        switch (expression)
        {
            case FunctionCall call: WriteFunction(call); break;
            case StarArgument: Add("*"); break;
            case TimeUnitArgument unit: Add(UnitName(unit.Unit)); break;
            case NamedArgument argument:
                Write(argument.Name);
                Add(" => ");
                Write(argument.Value);
                break;
            case TableArgument table: WriteTableArgument(table); break;
            case Descriptor descriptor:
                Add("DESCRIPTOR");
                AddBracketed(descriptor.Columns, Write);
                break;
            case TrimExpr trim: WriteTrim(trim); break;
            case MatchSemantics semantics:
                Add(semantics.IsFinal ? "FINAL " : "RUNNING ");
                Write(semantics.Operand, Precedence.Postfix);
                break;
            default: WriteJson(expression); break;
        }
    }

    private void WriteFunction(FunctionCall call)
    {
        var name = call.Name.Simple;
        if (call.Name.Parts.Count == 1 && IsPlain(name) && Keywords.CanNameFunction(name)) Add(name);
        else Write(call.Name);
        if (call.Arguments.Count == 0 && Keywords.IsWithoutBrackets(call.Name.Simple)) return;
        Add("(");
        AddIf(call.IsDistinct, "DISTINCT ");
        AddArguments(call);
        AddClause(" ORDER BY ", call.OrderBy, Write);
        Add(")");
        if (call.WithinGroup.Count > 0)
        {
            AddClause(" WITHIN GROUP (ORDER BY ", call.WithinGroup, Write);
            Add(")");
        }

        WriteFilter(call.Filter);
        if (call.IgnoreNulls is { } ignore) Add(ignore ? " IGNORE NULLS" : " RESPECT NULLS");
        AddOptional(" OVER ", call.Over, WriteOver);
    }

    private void AddArguments(FunctionCall call)
    {
        var words = SeparatingWords(call);
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            if (i > 0) Add(words is null ? ", " : words[i - 1]);
            // IN as a separator must not be read as the operator of the first argument.
            var isNeedle = i == 0 && call.UpperName == "POSITION";
            Write(call.Arguments[i], isNeedle ? Precedence.Additive : Precedence.Or);
        }
    }

    /// <summary>The words between the arguments of the functions that have a grammar of their own.</summary>
    private static string[]? SeparatingWords(FunctionCall call) => call.UpperName switch
    {
        "EXTRACT" => [" FROM "],
        "POSITION" => [" IN ", " FROM "],
        "OVERLAY" => [" PLACING ", " FROM ", " FOR "],
        "FLOOR" or "CEIL" or "CEILING" when call.Arguments.Count == 2 => [" TO "],
        _ => null,
    };

    private void WriteFilter(SqlExpr? filter) => AddOptional(" FILTER (WHERE ", filter, condition =>
    {
        Write(condition);
        Add(")");
    });

    private void WriteOver(WindowSpec window)
    {
        var isName = window is { PartitionBy.Count: 0, OrderBy.Count: 0, Frame: null };
        if (isName && window.BaseName is { } name) Write(name);
        else Write(window);
    }

    private void WriteTableArgument(TableArgument argument)
    {
        Add("TABLE ");
        Write(argument.Table);
        if (argument.PartitionBy.Count > 0)
        {
            Add(" PARTITION BY ");
            AddBracketed(argument.PartitionBy, Write);
        }

        if (argument.OrderBy.Count == 0) return;
        Add(" ORDER BY ");
        AddBracketed(argument.OrderBy, Write);
    }

    private void WriteTrim(TrimExpr trim)
    {
        Add("TRIM(" + trim.Side.ToString().ToUpperInvariant() + " ");
        AddOptional("", trim.Characters, characters => { Write(characters); Add(" "); });
        Add("FROM ");
        Write(trim.Operand);
        Add(")");
    }

    private void WriteJson(SqlExpr expression)
    {
        switch (expression)
        {
            case JsonValueCall call:
                WriteJsonInput("JSON_VALUE(", call.Input, call.Path);
                AddOptional(" RETURNING ", call.Returning, Write);
                WriteBehaviors(call.OnEmpty, call.OnError);
                break;
            case JsonQueryCall call:
                WriteJsonInput("JSON_QUERY(", call.Input, call.Path);
                AddOptional(" RETURNING ", call.Returning, Write);
                Add(WrapperText(call.Wrapper));
                WriteBehaviors(call.OnEmpty, call.OnError);
                break;
            case JsonExistsCall call:
                WriteJsonInput("JSON_EXISTS(", call.Input, call.Path);
                WriteBehaviors(null, call.OnError);
                break;
            case JsonObjectCall call:
                WriteJsonItems("JSON_OBJECT(", call.Members, WriteMember, call.Nulls);
                break;
            case JsonArrayCall call: WriteJsonItems("JSON_ARRAY(", call.Items, Write, call.Nulls); break;
            case JsonObjectAggCall call:
                SyntaxList<JsonMember> members = [new JsonMember(call.Key, call.Value)];
                WriteJsonItems("JSON_OBJECTAGG(", members, WriteMember, call.Nulls);
                WriteFilter(call.Filter);
                break;
            case JsonArrayAggCall call: WriteJsonArrayAgg(call); break;
            default: throw NoText(expression);
        }
    }

    private void WriteJsonInput(string open, SqlExpr input, SqlExpr path)
    {
        Add(open);
        Write(input);
        Add(", ");
        Write(path);
    }

    private void WriteBehaviors(JsonBehavior? onEmpty, JsonBehavior? onError)
    {
        AddOptional(" ", onEmpty, behavior => WriteBehavior(behavior, " ON EMPTY"));
        AddOptional(" ", onError, behavior => WriteBehavior(behavior, " ON ERROR"));
        Add(")");
    }

    private void WriteBehavior(JsonBehavior behavior, string when)
    {
        Add(behavior.Kind switch
        {
            JsonBehaviorKind.EmptyArray => "EMPTY ARRAY",
            JsonBehaviorKind.EmptyObject => "EMPTY OBJECT",
            _ => behavior.Kind.ToString().ToUpperInvariant(),
        });
        AddOptional(" ", behavior.Default, Write);
        Add(when);
    }

    private static string WrapperText(JsonWrapper wrapper) => wrapper switch
    {
        JsonWrapper.Without => " WITHOUT WRAPPER",
        JsonWrapper.Conditional => " WITH CONDITIONAL WRAPPER",
        JsonWrapper.Unconditional => " WITH UNCONDITIONAL WRAPPER",
        _ => "",
    };

    private void WriteMember(JsonMember member)
    {
        Add("KEY ");
        Write(member.Key);
        Add(" VALUE ");
        Write(member.Value);
    }

    private void WriteJsonItems<T>(string open, IReadOnlyList<T> items, Action<T> write, JsonNulls nulls)
    {
        Add(open);
        AddList(items, write);
        WriteNulls(nulls, items.Count > 0);
        Add(")");
    }

    private void WriteNulls(JsonNulls nulls, bool behindItems)
    {
        if (nulls == JsonNulls.Unspecified) return;
        AddIf(behindItems, " ");
        Add(nulls == JsonNulls.Null ? "NULL ON NULL" : "ABSENT ON NULL");
    }

    private void WriteJsonArrayAgg(JsonArrayAggCall call)
    {
        Add("JSON_ARRAYAGG(");
        Write(call.Item);
        AddClause(" ORDER BY ", call.OrderBy, Write);
        WriteNulls(call.Nulls, true);
        Add(")");
        WriteFilter(call.Filter);
    }
}
