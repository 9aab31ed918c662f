namespace Millrace.Operators.Functions.Json.Paths;

/// <summary>One step of a path.</summary>
internal abstract record PathToken
{
    /// <summary>
    /// Whether the step gives one value at most; a path of such steps gives a value, any other a list.
    /// </summary>
    public virtual bool IsDefinite => false;
}

/// <summary><c>.name</c> or <c>['name']</c>.</summary>
internal sealed record MemberToken(string Name) : PathToken
{
    public override bool IsDefinite => true;
}

/// <summary><c>['a','b']</c>: an object of these members; as a step on the way, each of them.</summary>
internal sealed record MembersToken(string[] Names, bool IsLast) : PathToken
{
    public override bool IsDefinite => IsLast;
}

/// <summary><c>[0]</c> or <c>[0,2]</c>; negative indexes count from the end.</summary>
internal sealed record IndexToken(int[] Indexes) : PathToken
{
    public override bool IsDefinite => Indexes.Length == 1;
}

/// <summary><c>[from:to]</c>, to not included, either of them possibly left out.</summary>
internal sealed record SliceToken(int? From, int? To) : PathToken;

/// <summary><c>.*</c> or <c>[*]</c>.</summary>
internal sealed record WildcardToken : PathToken;

/// <summary><c>..</c> before a step: the step at the value and at every value below it.</summary>
internal sealed record ScanToken(PathToken Step) : PathToken;

/// <summary><c>[?(condition)]</c>: the elements that fulfil it, or the object that does.</summary>
internal sealed record FilterToken(FilterExpression Condition) : PathToken;

/// <summary><c>.length()</c> and its kin, at the end of a path only.</summary>
internal sealed record FunctionToken(PathFunction Function, int Argument) : PathToken
{
    public override bool IsDefinite => true;
}

/// <summary>The functions of paths.</summary>
internal enum PathFunction
{
    Length,
    Min,
    Max,
    Sum,
    Avg,
    Stddev,
    Keys,
    First,
    Last,
    Index,
}
