namespace Millrace.Sql.Syntax;

/// <summary>The JSON functions and their clauses.</summary>
internal sealed partial class Parser
{
    private JsonValueCall ParseJsonValue()
    {
        var (input, path) = ParseJsonInput();
        var returning = AcceptWord("RETURNING") ? ParseType() : null;
        var (onEmpty, onError) = ParseJsonBehaviors();
        ExpectSymbol(")");
        return new JsonValueCall(input, path, returning, onEmpty, onError);
    }

    private JsonQueryCall ParseJsonQuery()
    {
        var (input, path) = ParseJsonInput();
        var returning = AcceptWord("RETURNING") ? ParseType() : null;
        var wrapper = ParseWrapper();
        var (onEmpty, onError) = ParseJsonBehaviors();
        ExpectSymbol(")");
        return new JsonQueryCall(input, path, returning, wrapper, onEmpty, onError);
    }

    private JsonExistsCall ParseJsonExists()
    {
        var (input, path) = ParseJsonInput();
        var (onEmpty, onError) = ParseJsonBehaviors();
        if (onEmpty is not null)
            throw Error("JSON_EXISTS has no ON EMPTY; write TRUE, FALSE, UNKNOWN or ERROR ON ERROR.");
        ExpectSymbol(")");
        return new JsonExistsCall(input, path, onError);
    }

    /// <summary>The name, the bracket, the text and its path.</summary>
    private (SqlExpr Input, SqlExpr Path) ParseJsonInput()
    {
        _index++;
        ExpectSymbol("(");
        var input = ParseExpression();
        ExpectSymbol(",");
        return (input, ParseExpression());
    }

    private (JsonBehavior? OnEmpty, JsonBehavior? OnError) ParseJsonBehaviors()
    {
        JsonBehavior? onEmpty = null, onError = null;
        while (!IsSymbol(")"))
        {
            var behavior = ParseJsonBehavior();
            ExpectWord("ON");
            if (onEmpty is null && onError is null && AcceptWord("EMPTY")) onEmpty = behavior;
            else if (onError is null && AcceptWord("ERROR")) onError = behavior;
            else throw Unexpected("at most one ON EMPTY and after it at most one ON ERROR");
        }

        return (onEmpty, onError);
    }

    private JsonBehavior ParseJsonBehavior()
    {
        var start = _index;
        SqlExpr? value = null;
        var kind = AcceptWord("NULL") ? JsonBehaviorKind.Null
            : AcceptWord("ERROR") ? JsonBehaviorKind.Error
            : AcceptWord("TRUE") ? JsonBehaviorKind.True
            : AcceptWord("FALSE") ? JsonBehaviorKind.False
            : AcceptWord("UNKNOWN") ? JsonBehaviorKind.Unknown
            : AcceptWords("EMPTY", "ARRAY") ? JsonBehaviorKind.EmptyArray
            : AcceptWords("EMPTY", "OBJECT") ? JsonBehaviorKind.EmptyObject
            : JsonBehaviorKind.Default;
        if (kind == JsonBehaviorKind.Default)
        {
            if (!AcceptWord("DEFAULT")) throw Unexpected("')', or a clause .. ON EMPTY or .. ON ERROR");
            value = ParseExpression();
        }

        return new JsonBehavior(kind, value) { Span = From(start) };
    }

    private JsonWrapper ParseWrapper()
    {
        var without = AcceptWord("WITHOUT");
        if (!without && !AcceptWord("WITH")) return JsonWrapper.Unspecified;
        var conditional = !without && AcceptWord("CONDITIONAL");
        if (!without && !conditional) AcceptWord("UNCONDITIONAL");
        AcceptWord("ARRAY");
        ExpectWord("WRAPPER");
        if (without) return JsonWrapper.Without;
        return conditional ? JsonWrapper.Conditional : JsonWrapper.Unconditional;
    }

    private JsonObjectCall ParseJsonObject()
    {
        _index++;
        ExpectSymbol("(");
        SyntaxList<JsonMember> members = IsSymbol(")") || IsJsonNulls ? [] : ParseList(ParseJsonMember);
        var nulls = ParseJsonNulls();
        ExpectSymbol(")");
        return new JsonObjectCall(members, nulls);
    }

    private JsonMember ParseJsonMember()
    {
        var start = _index;
        var next = Ahead(1);
        if (IsWord("KEY") && !next.IsWord("VALUE") && !next.IsSymbol(".") && !next.IsSymbol(":")) _index++;
        var key = ParseExpression();
        if (!AcceptWord("VALUE") && !AcceptSymbol(":")) throw Unexpected("VALUE after the member's name");
        return new JsonMember(key, ParseExpression()) { Span = From(start) };
    }

    private JsonArrayCall ParseJsonArray()
    {
        _index++;
        ExpectSymbol("(");
        SyntaxList<SqlExpr> items = IsSymbol(")") || IsJsonNulls ? [] : ParseList(ParseExpression);
        var nulls = ParseJsonNulls();
        ExpectSymbol(")");
        return new JsonArrayCall(items, nulls);
    }

    private JsonObjectAggCall ParseJsonObjectAgg()
    {
        _index++;
        ExpectSymbol("(");
        var member = ParseJsonMember();
        var nulls = ParseJsonNulls();
        ExpectSymbol(")");
        return new JsonObjectAggCall(member.Key, member.Value, nulls, ParseFilter());
    }

    private JsonArrayAggCall ParseJsonArrayAgg()
    {
        _index++;
        ExpectSymbol("(");
        var item = ParseExpression();
        SyntaxList<SortKey> orderBy = AcceptWords("ORDER", "BY") ? ParseList(ParseSortKey) : [];
        var nulls = ParseJsonNulls();
        ExpectSymbol(")");
        return new JsonArrayAggCall(item, orderBy, nulls, ParseFilter());
    }

    private bool IsJsonNulls => (IsWord("NULL") || IsWord("ABSENT")) && Ahead(1).IsWord("ON");

    private JsonNulls ParseJsonNulls()
    {
        if (!IsJsonNulls) return JsonNulls.Unspecified;
        var nulls = Advance().IsWord("NULL") ? JsonNulls.Null : JsonNulls.Absent;
        ExpectWords("ON", "NULL");
        return nulls;
    }
}
