using System.Collections.Immutable;
using Millrace.Shared.Errors;

namespace Millrace.Operators.Matching;

/// <summary>
/// The pattern as a nondeterministic automaton, built as Flink builds it (NFACompiler), since what matches
/// follows from its states: a sequence of variables, each once, a loop or a number of times. Immutable.
/// </summary>
/// <remarks>
/// A Take transition consumes the row; a Proceed transition only looks at it, and the state behind it
/// decides. A greedy loop forbids what follows it to take a row that fits the loop: the guard of each
/// transition of the state behind it gets "and not the loop's condition". That is why a loop never gives a
/// row back, also when its maximum is reached.
/// </remarks>
internal sealed class MatchNfa
{
    /// <summary>Variables whose conditions fit into the bits of a row.</summary>
    public const int MaxVariables = 32;

    /// <summary>The state in which a match is complete.</summary>
    public const int Final = 0;

    private readonly List<List<Builder>> _building = [[]];
    private readonly List<int> _variableOf = [-1];

    private MatchNfa(Pattern pattern)
    {
        List<Element> elements = [];
        Flatten(pattern, 1, 1, false, elements);
        int sink = Final;
        for (int i = elements.Count - 1; i >= 0; i--) sink = Convert(elements[i], sink);
        StartState = sink;
        States =
            [.. _building.Select((t, s) => new MatchState(_variableOf[s], [.. t.Select(b => b.Build())]))];
    }

    public ImmutableArray<MatchState> States { get; }

    public int StartState { get; }

    public static MatchNfa Compile(Pattern pattern) => new(pattern);

    public static bool IsFinal(int state) => state == Final;

    private static void Flatten(Pattern pattern, int min, int max, bool isReluctant, List<Element> elements)
    {
        switch (pattern)
        {
            case PatternSymbol symbol:
                Invariant.Check(symbol.Variable == elements.Count && symbol.Variable < MaxVariables);
                elements.Add(new Element(symbol.Variable, min, max, isReluctant));
                break;
            case PatternSequence sequence when min == 1 && max == 1:
                foreach (Pattern part in sequence.Parts) Flatten(part, 1, 1, false, elements);
                break;
            case PatternRepeat repeat when min == 1 && max == 1:
                Flatten(repeat.Part, repeat.Min, repeat.Max, repeat.IsReluctant, elements);
                break;
            default:
                throw new MillraceException(
                    ErrorKind.Invalid,
                    "A quantifier after a group of pattern variables is not supported yet.");
        }
    }

    private int Convert(Element element, int sink)
    {
        if (element.IsLoop)
        {
            int loop = NewState(element);
            _building[loop].Add(new Builder(false, sink));
            if (element.IsGreedy) Forbid(sink, element.Variable);
            _building[loop].Add(new Builder(true, loop).And(element.Variable));
            return Times(element, loop, sink, element.From, element.From);
        }
        if (element.IsGreedy) Forbid(sink, element.Variable);
        return Times(element, sink, sink, element.From, element.To);
    }

    /// <summary>
    /// The states for the rows of one variable, from the last to the first; each of the later ones may be
    /// left out.
    /// </summary>
    /// <param name="sink">Where the last row leads.</param>
    /// <param name="behind">Where the pattern goes on without further rows.</param>
    private int Times(Element element, int sink, int behind, int from, int to)
    {
        int last = sink;
        for (int i = from; i < to; i++) last = Single(element, last, behind, isOptional: true);
        for (int i = 1; i < from; i++) last = Single(element, last, behind, isOptional: false);
        return Single(element, last, behind, element.IsOptional);
    }

    private int Single(Element element, int sink, int behind, bool isOptional)
    {
        int state = NewState(element);
        _building[state].Add(new Builder(true, sink).And(element.Variable));
        if (isOptional) _building[state].Add(new Builder(false, behind));
        return state;
    }

    private int NewState(Element element)
    {
        _building.Add([]);
        _variableOf.Add(element.Variable);
        return _building.Count - 1;
    }

    private void Forbid(int state, int variable)
    {
        foreach (Builder transition in _building[state]) transition.AndNot(variable);
    }

    /// <summary>A variable with its quantifier, in Flink's terms.</summary>
    private sealed record Element(int Variable, int Min, int Max, bool IsReluctant)
    {
        public bool IsLoop => Max == int.MaxValue;

        public bool IsOptional => Min == 0;

        public int From => Math.Max(1, Min);

        public int To => Max;

        /// <summary>A fixed number of rows and a single optional row are never greedy.</summary>
        public bool IsGreedy =>
            !IsReluctant && Min != Max && !(Min == 0 && Max == 1) && (IsLoop || From != To);
    }

    private sealed class Builder(bool isTake, int target)
    {
        private readonly List<GuardTerm> _terms = [];

        public Builder And(int variable)
        {
            _terms.Add(new GuardTerm(variable, false));
            return this;
        }

        public void AndNot(int variable) => _terms.Add(new GuardTerm(variable, true));

        public MatchTransition Build() => new(isTake, target, [.. _terms]);
    }
}

/// <param name="Variable">That a row taken here belongs to; -1 for the final state.</param>
internal sealed record MatchState(int Variable, ImmutableArray<MatchTransition> Transitions);

/// <param name="IsTake">It consumes the row, else it only goes on.</param>
/// <param name="Guard">All must hold for the row.</param>
internal sealed record MatchTransition(bool IsTake, int Target, ImmutableArray<GuardTerm> Guard);

/// <summary>The condition of a variable, or that it does not hold.</summary>
internal readonly record struct GuardTerm(int Variable, bool IsNegated);
