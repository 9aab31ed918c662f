using System.Runtime.InteropServices;
using Millrace.Operators.Expressions;
using Millrace.Shared.Columns;

namespace Millrace.Operators.Matching;

/// <summary>
/// Collects what the references of an expression mean in one match after the other, and gives it as a batch
/// with a row a match, over which the expression is evaluated.
/// </summary>
internal sealed class ReferenceColumns
{
    private readonly KeptColumns _kept;
    private readonly Source[] _sources;
    private int _matches;

    public ReferenceColumns(
        IEnumerable<MatchReference> references, KeptColumns kept, EvaluationContext context)
    {
        _kept = kept;
        _sources = [.. references.Select(r => SourceOf(r, context))];
    }

    public void Add(in MatchView match)
    {
        foreach (Source source in _sources) source.Add(match);
        _matches++;
    }

    /// <summary>A batch that the caller owns.</summary>
    public ColumnBatch Build()
    {
        var batch = new ColumnBatch([.. _sources.Select(s => s.Build())], _matches);
        _matches = 0;
        return batch;
    }

    private Source SourceOf(MatchReference reference, EvaluationContext context) => reference switch
    {
        MatchColumn column => new ColumnSource(column, _kept),
        MatchAggregate aggregate => new AggregateSource(new MatchAggregator(aggregate, _kept, context)),
        _ => new TimeSource(),
    };

    private abstract class Source
    {
        public abstract void Add(in MatchView match);

        public abstract Column Build();
    }

    private sealed class ColumnSource(MatchColumn column, KeptColumns kept) : Source
    {
        private readonly List<int> _slots = [];
        private readonly int _position = kept.PositionOf(column.Column);

        public override void Add(in MatchView match) => _slots.Add(match.SlotOf(column));

        public override Column Build()
        {
            Column built = kept.Rows.Gather(_position, CollectionsMarshal.AsSpan(_slots));
            _slots.Clear();
            return built;
        }
    }

    private sealed class AggregateSource(MatchAggregator aggregator) : Source
    {
        public override void Add(in MatchView match) => aggregator.Add(match);

        public override Column Build() => aggregator.Build();
    }

    private sealed class TimeSource : Source
    {
        private readonly FixedColumnBuilder<long> _times = new();

        public override void Add(in MatchView match) => _times.Append(match.Partition.TimeOf(match.LastRow));

        public override Column Build() => _times.Build();
    }
}
