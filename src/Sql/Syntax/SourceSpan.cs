namespace Millrace.Sql.Syntax;

/// <summary>
/// Where a node stands in the text it was parsed from; <c>default</c> for a node that was built.
/// </summary>
/// <param name="Line">The line of the first character, from 1.</param>
/// <param name="Column">The column of the first character in UTF-16 units, from 1.</param>
/// <param name="Length">How many UTF-16 units the node covers; may reach over line ends.</param>
public readonly record struct SourceSpan(int Line, int Column, int Length);
