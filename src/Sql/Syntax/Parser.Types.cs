namespace Millrace.Sql.Syntax;

/// <summary>Types, intervals and units of time.</summary>
internal sealed partial class Parser
{
    private static readonly Dictionary<string, string> TypeSynonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["INTEGER"] = "INT", ["DEC"] = "DECIMAL", ["NUMERIC"] = "DECIMAL", ["CHARACTER"] = "CHAR",
    };

    private static readonly Dictionary<string, TimeUnit> TimeUnits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["NANOSECOND"] = TimeUnit.Nanosecond, ["MICROSECOND"] = TimeUnit.Microsecond,
        ["MILLISECOND"] = TimeUnit.Millisecond, ["SECOND"] = TimeUnit.Second, ["MINUTE"] = TimeUnit.Minute,
        ["HOUR"] = TimeUnit.Hour, ["DAY"] = TimeUnit.Day, ["WEEK"] = TimeUnit.Week,
        ["MONTH"] = TimeUnit.Month,
        ["QUARTER"] = TimeUnit.Quarter, ["YEAR"] = TimeUnit.Year, ["DECADE"] = TimeUnit.Decade,
        ["CENTURY"] = TimeUnit.Century, ["MILLENNIUM"] = TimeUnit.Millennium, ["DOW"] = TimeUnit.DayOfWeek,
        ["ISODOW"] = TimeUnit.IsoDayOfWeek, ["DOY"] = TimeUnit.DayOfYear, ["ISOYEAR"] = TimeUnit.IsoYear,
        ["EPOCH"] = TimeUnit.Epoch,
    };

    private TypeName ParseType()
    {
        var start = _index;
        var type = Nested(ParseBareType) with { IsNullable = ParseNullability() };
        while (IsWord("ARRAY") || IsWord("MULTISET"))
        {
            type = Advance().IsWord("ARRAY") ? new ArrayTypeName(type) : new MultisetTypeName(type);
            type = type with { IsNullable = ParseNullability() };
        }

        return type with { Span = From(start) };
    }

    private bool? ParseNullability()
    {
        if (AcceptWords("NOT", "NULL")) return false;
        return AcceptWord("NULL") ? true : null;
    }

    private TypeName ParseBareType()
    {
        if (Current.Kind is not (TokenKind.Word or TokenKind.QuotedName)) throw Unexpected("a type");
        if (IsWord("ROW") && (Ahead(1).IsSymbol("<") || Ahead(1).IsSymbol("("))) return ParseRowType();
        if (IsWord("INTERVAL")) return ParseIntervalType();
        if (IsWord("RAW") || IsWord("STRUCTURED"))
            throw Unsupported(
                $"{Current.Text.ToUpperInvariant()} types are not known; use ROW or a plain type.");
        if (AcceptTypeWithItems("ARRAY")) return Closed(new ArrayTypeName(ParseType()));
        if (AcceptTypeWithItems("MULTISET")) return Closed(new MultisetTypeName(ParseType()));
        if (AcceptTypeWithItems("MAP"))
        {
            var key = ParseType();
            ExpectSymbol(",");
            return Closed(new MapTypeName(key, ParseType()));
        }

        return ParseSimpleType();
    }

    private bool AcceptTypeWithItems(string name)
    {
        if (!IsWord(name) || !Ahead(1).IsSymbol("<")) return false;
        _index += 2;
        return true;
    }

    private TypeName Closed(TypeName type)
    {
        ExpectSymbol(">");
        return type;
    }

    private SimpleType ParseSimpleType()
    {
        var written = Advance().Text;
        var name = TypeSynonyms.GetValueOrDefault(written) ?? written.ToUpperInvariant();
        if (name == "CHAR" && AcceptWord("VARYING")) name = "VARCHAR";
        if (name == "BINARY" && AcceptWord("VARYING")) name = "VARBINARY";
        if (name == "DOUBLE") AcceptWord("PRECISION");
        SyntaxList<int> parameters = IsSymbol("(")
            ? ParseBracketed(() => ExpectInteger("a number: a length, or a precision and a scale"))
            : [];
        return new SimpleType(name is "TIMESTAMP" or "TIME" ? ParseTimeZone(name) : name, parameters);
    }

    private string ParseTimeZone(string name)
    {
        if (AcceptWord("WITHOUT"))
        {
            ExpectWords("TIME", "ZONE");
            return name;
        }

        if (!IsWord("WITH", "TIME") && !IsWord("WITH", "LOCAL")) return name;
        _index++;
        var isLocal = AcceptWord("LOCAL");
        ExpectWords("TIME", "ZONE");
        return name + (isLocal ? "_LTZ" : "_TZ");
    }

    private RowTypeName ParseRowType()
    {
        ExpectWord("ROW");
        var close = IsSymbol("<") ? ">" : ")";
        _index++;
        SyntaxList<RowTypeField> fields = IsSymbol(close) ? [] : ParseList(ParseRowField);
        ExpectSymbol(close);
        return new RowTypeName(fields);
    }

    private RowTypeField ParseRowField()
    {
        var start = _index;
        var name = ParseName("a field's name");
        var type = ParseType();
        var comment = Current.Kind == TokenKind.String ? Advance().Text : null;
        return new RowTypeField(name, type, comment) { Span = From(start) };
    }

    private IntervalTypeName ParseIntervalType()
    {
        ExpectWord("INTERVAL");
        return new IntervalTypeName(ParseIntervalQualifier());
    }

    /// <summary><c>DAY(3) TO SECOND(2)</c>; <c>SECOND(2, 3)</c> gives both precisions of seconds.</summary>
    private IntervalQualifier ParseIntervalQualifier()
    {
        var start = _index;
        var unit = ParseTimeUnit();
        var (precision, fraction) = ParseIntervalPrecision();
        TimeUnit? end = null;
        if (AcceptWord("TO"))
        {
            end = ParseTimeUnit();
            if (IsSymbol("(")) (fraction, _) = ParseIntervalPrecision();
        }

        return new IntervalQualifier(unit, end, precision, fraction) { Span = From(start) };
    }

    private (int? First, int? Second) ParseIntervalPrecision()
    {
        if (!AcceptSymbol("(")) return (null, null);
        var first = ExpectInteger("the number of digits");
        int? second = AcceptSymbol(",") ? ExpectInteger("the digits after the point") : null;
        ExpectSymbol(")");
        return (first, second);
    }

    private TimeUnit ParseTimeUnit()
    {
        if (TryTimeUnit() is not { } unit)
            throw Unexpected("a unit of time, such as SECOND, MINUTE, HOUR, DAY, MONTH or YEAR");
        _index++;
        return unit;
    }

    /// <summary>
    /// The unit that stands here, also in the plural or as SQL_TSI_DAY; null for any other token.
    /// </summary>
    private TimeUnit? TryTimeUnit()
    {
        if (Current.Kind != TokenKind.Word) return null;
        var word = Current.Text;
        if (word.StartsWith("SQL_TSI_", StringComparison.OrdinalIgnoreCase)) word = word[8..];
        if (TimeUnits.TryGetValue(word, out var unit)) return unit;
        return word[^1] is 's' or 'S' && TimeUnits.TryGetValue(word[..^1], out unit) ? unit : null;
    }
}
