namespace Millrace.Sql.Syntax;

/// <summary>A pattern of MATCH_RECOGNIZE.</summary>
public abstract record Pattern : SqlNode;

/// <summary>One variable: a row that fulfils its condition.</summary>
public sealed record PatternVariable(Identifier Name) : Pattern;

/// <summary><c>a b c</c>: two or more parts that follow each other without a row between.</summary>
public sealed record PatternSequence(SyntaxList<Pattern> Parts) : Pattern;

/// <summary><c>a | b</c>: one of two or more parts.</summary>
public sealed record PatternAlternation(SyntaxList<Pattern> Parts) : Pattern;

/// <summary><c>PERMUTE(a, b)</c>: the parts in any order.</summary>
public sealed record PatternPermute(SyntaxList<Pattern> Parts) : Pattern;

/// <summary><c>{- a -}</c>: matched, but left out of the rows of the match.</summary>
public sealed record PatternExclusion(Pattern Inner) : Pattern;

/// <summary>
/// <c>inner*</c>, <c>+</c>, <c>?</c> or <c>{min, max}</c>, with a <c>?</c> after it when reluctant.
/// </summary>
/// <param name="Inner">What is repeated.</param>
/// <param name="Minimum">The least number of times.</param>
/// <param name="Maximum">The greatest number of times; null for any.</param>
/// <param name="IsReluctant">Whether as few as possible are taken, not as many.</param>
public sealed record PatternQuantified(Pattern Inner, int Minimum, int? Maximum, bool IsReluctant) : Pattern;

/// <summary><c>()</c>: a pattern that fits no row at all.</summary>
public sealed record PatternEmpty : Pattern;
