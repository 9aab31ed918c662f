using System.Collections.Immutable;
using Millrace.Operators.Matching;
using Ast = Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>
/// The pattern of MATCH_RECOGNIZE and the variables in it, in the order in which they appear.
/// </summary>
internal sealed class PatternBinder
{
    private readonly ImmutableArray<string>.Builder _names = ImmutableArray.CreateBuilder<string>();

    private PatternBinder(Ast.Pattern pattern)
    {
        Root = Convert(pattern);
        Names = _names.ToImmutable();
    }

    public Pattern Root { get; }

    public ImmutableArray<string> Names { get; }

    public static PatternBinder Bind(Ast.MatchRecognize match)
    {
        var binder = new PatternBinder(match.Pattern);
        if (MayBeEmpty(binder.Root))
            throw Invalid(
                "Patterns that can produce empty matches are not supported: at least one variable must not "
                + "be optional.",
                match.Pattern);
        if (IsGreedy(Last(binder.Root)))
            throw Invalid(
                "Greedy quantifiers are not allowed as the last element of a pattern: end it with a simple "
                + "variable or a reluctant quantifier such as B+?.",
                match.Pattern);
        Pattern[] parts = [.. Parts(binder.Root)];
        if (parts.Zip(parts.Skip(1)).Any(p => IsGreedy(p.First) && IsOptional(p.Second)))
            throw Invalid(
                "An optional variable (A? or A*) cannot follow a greedy quantifier: make that one reluctant, such as B+?.",
                match.Pattern);
        return binder;
    }

    private Pattern Convert(Ast.Pattern pattern) => pattern switch
    {
        Ast.PatternVariable variable => Symbol(variable),
        Ast.PatternSequence sequence => new PatternSequence([.. sequence.Parts.Select(Convert)]),
        Ast.PatternQuantified quantified => Repeat(quantified),
        Ast.PatternAlternation =>
            throw Unsupported("Alternatives (a | b) in a pattern are not supported yet.", pattern),
        Ast.PatternPermute => throw Unsupported("PERMUTE is not supported yet.", pattern),
        Ast.PatternExclusion =>
            throw Unsupported("Exclusions {- a -} in a pattern are not supported yet.", pattern),
        _ => throw Unsupported("An empty pattern () is not supported.", pattern),
    };

    private PatternSymbol Symbol(Ast.PatternVariable variable)
    {
        if (_names.Contains(variable.Name.Value))
            throw Unsupported($"The variable '{variable.Name}' occurs twice in the pattern, which is not "
                + "supported yet.", variable);
        _names.Add(variable.Name.Value);
        return new PatternSymbol(_names.Count - 1);
    }

    private PatternRepeat Repeat(Ast.PatternQuantified quantified)
    {
        if (quantified.Inner is not Ast.PatternVariable)
            throw Unsupported("A quantifier after a group of variables is not supported yet.", quantified);
        int max = quantified.Maximum ?? int.MaxValue;
        if (max == 0 || max < quantified.Minimum)
            throw Invalid(
                $"The quantifier {{{quantified.Minimum},{quantified.Maximum}}} fits no rows.", quantified);
        bool isOptional = quantified is { Minimum: 0, Maximum: 1 };
        if (isOptional && quantified.IsReluctant)
            throw Invalid("Reluctant optional variables (A??) are not supported.", quantified);
        return new PatternRepeat(Convert(quantified.Inner), quantified.Minimum, max, quantified.IsReluctant);
    }

    private static bool MayBeEmpty(Pattern pattern) => pattern switch
    {
        PatternRepeat repeat => repeat.Min == 0 || MayBeEmpty(repeat.Part),
        PatternSequence sequence => sequence.Parts.All(MayBeEmpty),
        _ => false,
    };

    private static IEnumerable<Pattern> Parts(Pattern pattern) =>
        pattern is PatternSequence sequence ? sequence.Parts.SelectMany(Parts) : [pattern];

    /// <summary>As in Flink A{0,2} is not among them.</summary>
    private static bool IsOptional(Pattern pattern) =>
        pattern is PatternRepeat { Min: 0, Max: 1 or int.MaxValue };

    private static Pattern Last(Pattern pattern) =>
        pattern is PatternSequence sequence ? Last(sequence.Parts[^1]) : pattern;

    /// <summary>A fixed number of rows and an optional row leave no choice to be greedy about.</summary>
    private static bool IsGreedy(Pattern pattern) =>
        pattern is PatternRepeat { IsReluctant: false } repeat
        && repeat.Min != repeat.Max && !(repeat.Min == 0 && repeat.Max == 1);

    private static SqlException Invalid(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Invalid, message, at.Span);

    private static SqlException Unsupported(string message, Ast.SqlNode at) =>
        new(SqlErrorKind.Unsupported, message, at.Span);
}
