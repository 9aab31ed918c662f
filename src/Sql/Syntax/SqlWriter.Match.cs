namespace Millrace.Sql.Syntax;

/// <summary>MATCH_RECOGNIZE.</summary>
internal sealed partial class SqlWriter
{
    private void WriteMatch(MatchRecognize match)
    {
        WriteJoinSide(match.Input, match.Input is JoinTable);
        Add(" MATCH_RECOGNIZE (");
        AddClause("PARTITION BY ", match.PartitionBy, Write);
        AddClause(" ORDER BY ", match.OrderBy, Write);
        AddClause(" MEASURES ", match.Measures, WriteMeasure);
        AddIf(match.RowsPerMatch == RowsPerMatch.One, " ONE ROW PER MATCH");
        AddIf(match.RowsPerMatch == RowsPerMatch.All, " ALL ROWS PER MATCH");
        AddOptional(" AFTER MATCH SKIP ", match.AfterMatch, WriteSkip);
        Add(match.IsAnchoredAtStart ? " PATTERN (^ " : " PATTERN (");
        Write(match.Pattern);
        Add(match.IsAnchoredAtEnd ? " $)" : ")");
        AddOptional(" WITHIN ", match.Within, within => Write(within, Precedence.Additive));
        AddClause(" SUBSET ", match.Subsets, WriteSubset);
        AddClause(" DEFINE ", match.Define, WriteDefinition);
        Add(")");
        WriteAlias(match.Alias);
    }

    private void WriteMeasure(MeasureItem measure)
    {
        Write(measure.Expression);
        Add(" AS ");
        Write(measure.Name);
    }

    private void WriteSkip(AfterMatchSkip skip)
    {
        Add(skip.Kind switch
        {
            AfterMatchKind.PastLastRow => "PAST LAST ROW",
            AfterMatchKind.ToNextRow => "TO NEXT ROW",
            AfterMatchKind.ToFirst => "TO FIRST ",
            _ => "TO LAST ",
        });
        AddOptional("", skip.Variable, Write);
    }

    private void WriteSubset(PatternSubset subset)
    {
        Write(subset.Name);
        Add(" = ");
        AddBracketed(subset.Variables, Write);
    }

    private void WriteDefinition(PatternDefinition definition)
    {
        Write(definition.Variable);
        Add(" AS ");
        Write(definition.Condition);
    }

    public void Write(Pattern pattern)
    {
        switch (pattern)
        {
            case PatternVariable variable: Write(variable.Name); break;
            case PatternSequence sequence: AddList(sequence.Parts, WritePart, " "); break;
            case PatternAlternation choice: AddList(choice.Parts, WriteChoice, " | "); break;
            case PatternPermute permute:
                Add("PERMUTE");
                AddBracketed(permute.Parts, Write);
                break;
            case PatternExclusion exclusion:
                Add("{- ");
                Write(exclusion.Inner);
                Add(" -}");
                break;
            case PatternQuantified quantified:
                WriteGroup(quantified.Inner, quantified.Inner is PatternSequence or PatternAlternation or
                    PatternQuantified);
                Add(Quantifier(quantified));
                break;
            case PatternEmpty: Add("()"); break;
        }
    }

    private void WritePart(Pattern part) => WriteGroup(part, part is PatternSequence or PatternAlternation);

    private void WriteChoice(Pattern part) => WriteGroup(part, part is PatternAlternation);

    private void WriteGroup(Pattern pattern, bool brackets)
    {
        AddIf(brackets, "(");
        Write(pattern);
        AddIf(brackets, ")");
    }

    private static string Quantifier(PatternQuantified quantified)
    {
        var text = (quantified.Minimum, quantified.Maximum) switch
        {
            (0, null) => "*",
            (1, null) => "+",
            (0, 1) => "?",
            (var least, null) => $"{{{least},}}",
            var (least, most) when least == most => $"{{{least}}}",
            var (least, most) => $"{{{least},{most}}}",
        };
        return quantified.IsReluctant ? text + "?" : text;
    }
}
