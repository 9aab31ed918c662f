using Millrace.Shared.Errors;

namespace Millrace.Operators.Matching;

/// <summary>
/// Runs the automaton over the rows of a partition, one after the other, as Flink does (NFA): every partial
/// match takes the row, or ends; complete matches go out in the order of their first rows, when no partial
/// match that began earlier is left; what the skip strategy forbids afterwards is dropped.
/// </summary>
internal sealed class MatchRunner
{
    private readonly MatchNfa _nfa;
    private readonly MatchConditions _conditions;
    private readonly MatchPlan _plan;
    private readonly MatchOutput _output;
    private readonly Guard[][] _guards;
    private PartialQueue _found = new();
    private readonly Stack<int> _states = new();
    private readonly List<(int Variable, int Target)> _taken = [];
    private PartialQueue _next = new();

    public MatchRunner(MatchPlan plan, MatchNfa nfa, MatchConditions conditions, MatchOutput output)
    {
        _plan = plan;
        _nfa = nfa;
        _conditions = conditions;
        _output = output;
        Counts = new RowCounts(plan.Variables.Length);
        _guards = [.. nfa.States.Select(s => s.Transitions.Select(t => new Guard(t, conditions)).ToArray())];
    }

    public RowCounts Counts { get; }

    public PartialMatch Start() => PartialMatch.Start(_nfa.StartState);

    /// <summary>
    /// Drops the partial matches that are too old for a row of this time, and lets go what waited for them.
    /// </summary>
    public void Advance(MatchPartition partition, long time)
    {
        long bound = _plan.WithinMs;
        if (bound <= 0 || !IsTooOld(partition.Partials.First, time, bound)) return;
        _next.Clear();
        foreach (PartialMatch partial in partition.Partials.Items)
            if (IsTooOld(partial, time, bound)) Counts.Free(partial.Counts);
            else _next.Add(partial);
        EmitDecided(partition);
        Exchange(partition);
    }

    /// <summary>Runs the row, the last that the partition holds.</summary>
    public void Process(MatchPartition partition)
    {
        int index = partition.Held.Count - 1;
        MatchRow row = partition.Held[index];
        _next.Clear();
        _found.Clear();
        foreach (PartialMatch partial in partition.Partials.Items)
            Take(new Step(partition, partial, row, partition.FirstHeld + index));
        foreach (PartialMatch match in _found.Items) partition.Complete.Add(match);
        EmitDecided(partition);
        Exchange(partition);
    }

    private static bool IsTooOld(PartialMatch partial, long time, long bound) =>
        !partial.IsStart && partial.FirstTime <= time - bound;

    private void Exchange(MatchPartition partition) =>
        (partition.Partials, _next) = (_next, partition.Partials);

    private void Take(in Step step)
    {
        PartialMatch partial = step.Partial;
        FollowEdges(step);
        bool isMoved = !partial.IsStart && _taken.Count == 1;
        foreach ((int variable, int target) in _taken)
        {
            bool isFinalToo = LeadsToFinal(target, step);
            int counts = isMoved ? partial.Counts : Counts.Copy(partial.Counts);
            Counts.Increment(counts, variable);
            long time = partial.IsStart ? step.Row.Time : partial.FirstTime;
            Offer(new PartialMatch(step.FirstRow, time, target, counts));
            if (isFinalToo)
                _found.Add(new PartialMatch(step.FirstRow, time, MatchNfa.Final, Counts.Copy(counts)));
        }
        if (partial.IsStart) _next.Add(partial);
        else if (!isMoved) Counts.Free(partial.Counts);
    }

    private void Offer(PartialMatch partial)
    {
        if (MatchNfa.IsFinal(partial.State)) _found.Add(partial);
        else _next.Add(partial);
    }

    /// <summary>
    /// Finds the Take transitions that the row may use, through Proceed transitions too, in Flink's order.
    /// </summary>
    private void FollowEdges(in Step step)
    {
        _taken.Clear();
        _states.Push(step.Partial.State);
        while (_states.TryPop(out int state))
        {
            foreach (Guard guard in _guards[state])
            {
                if (!Holds(guard, step)) continue;
                if (guard.IsTake) _taken.Add((_nfa.States[state].Variable, guard.Target));
                else _states.Push(guard.Target);
            }
        }
    }

    /// <summary>
    /// Whether the pattern may end behind the state, by Proceed transitions that the row allows.
    /// </summary>
    private bool LeadsToFinal(int state, in Step step)
    {
        bool isFinal = false;
        _states.Push(state);
        while (_states.TryPop(out int current))
        {
            foreach (Guard guard in _guards[current])
            {
                if (guard.IsTake || !Holds(guard, step)) continue;
                if (MatchNfa.IsFinal(guard.Target)) isFinal = true;
                else _states.Push(guard.Target);
            }
        }
        return isFinal;
    }

    private bool Holds(Guard guard, in Step step)
    {
        if (!guard.FitsBits(step.Row.Fits)) return false;
        foreach (GuardTerm term in guard.Others)
        {
            ReadOnlySpan<int> counts = Counts.Of(step.Partial.Counts);
            var view = new MatchView(step.Partition, step.FirstRow, counts, term.Variable);
            if (_conditions.Holds(term.Variable, view) == term.IsNegated) return false;
        }
        return true;
    }

    /// <summary>
    /// Emits the complete matches that began no later than every partial match left in the next queue.
    /// </summary>
    private void EmitDecided(MatchPartition partition)
    {
        while (partition.Complete.Count > 0
            && (_next.Count == 0 || partition.Complete.First.FirstRow <= _next.First.FirstRow))
        {
            PartialMatch match = partition.Complete.Take();
            var view = new MatchView(partition, match.FirstRow, Counts.Of(match.Counts));
            (long row, bool isInclusive) = SkipTo(view, match);
            _next.Prune(row, isInclusive, Counts);
            partition.Complete.Prune(row, isInclusive, Counts);
            _output.Add(view);
            Counts.Free(match.Counts);
        }
    }

    private (long Row, bool IsInclusive) SkipTo(in MatchView view, PartialMatch match)
    {
        AfterMatch after = _plan.AfterMatch;
        if (after.Kind == AfterMatchKind.SkipToNextRow) return (match.FirstRow, true);
        if (after.Kind == AfterMatchKind.SkipPastLastRow) return (view.LastRow, true);
        (long first, int count) = view.RowsOf(after.Variable);
        if (count == 0) throw CannotSkip("the match has no row of that variable");
        long row = after.Kind == AfterMatchKind.SkipToFirst ? first : first + count - 1;
        return row == match.FirstRow
            ? throw CannotSkip("that is the first row of the match, which would be found again for ever")
            : (row, false);
    }

    private MillraceException CannotSkip(string reason)
    {
        string which = _plan.AfterMatch.Kind == AfterMatchKind.SkipToFirst ? "FIRST" : "LAST";
        string variable = _plan.Variables[_plan.AfterMatch.Variable].Name;
        return new MillraceException(
            ErrorKind.Invalid, $"AFTER MATCH SKIP TO {which} {variable} cannot be done: {reason}.");
    }

    /// <summary>
    /// A transition with its guard split into bits of the row and conditions over the match.
    /// </summary>
    private sealed class Guard
    {
        private readonly uint _must;
        private readonly uint _mustNot;

        public Guard(MatchTransition transition, MatchConditions conditions)
        {
            IsTake = transition.IsTake;
            Target = transition.Target;
            foreach (GuardTerm term in transition.Guard)
                if (!conditions.IsOfRow(term.Variable)) continue;
                else if (term.IsNegated) _mustNot |= 1u << term.Variable;
                else _must |= 1u << term.Variable;
            Others = [.. transition.Guard.Where(t => !conditions.IsOfRow(t.Variable))];
        }

        public bool IsTake { get; }

        public int Target { get; }

        public GuardTerm[] Others { get; }

        public bool FitsBits(uint fits) => (fits & _must) == _must && (fits & _mustNot) == 0;
    }

    /// <summary>One partial match and the row that it is asked to take.</summary>
    /// <param name="Sequence">The number of the row in the partition.</param>
    private readonly record struct Step(
        MatchPartition Partition, PartialMatch Partial, MatchRow Row, long Sequence)
    {
        /// <summary>The first row of the match if it takes this one.</summary>
        public long FirstRow => Partial.IsStart ? Sequence : Partial.FirstRow;
    }
}
