using System.Collections.Immutable;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Planning;

/// <summary>The relations below some sinks, each once, with who reads them.</summary>
internal sealed class RelGraph
{
    private readonly Dictionary<Rel, List<Rel>> _readers = new(ReferenceEqualityComparer.Instance);
    private readonly List<Rel> _inputsFirst = [];

    public RelGraph(IEnumerable<Rel> sinks)
    {
        foreach (Rel sink in sinks) Visit(sink);
    }

    /// <summary>Every relation after the relations that it reads.</summary>
    public IReadOnlyList<Rel> InputsFirst => _inputsFirst;

    /// <summary>Every relation after the relations that read it.</summary>
    public IEnumerable<Rel> ReadersFirst => Enumerable.Reverse(_inputsFirst);

    /// <summary>One entry a use: a relation that reads another one twice is there twice.</summary>
    public IReadOnlyList<Rel> ReadersOf(Rel rel) =>
        _readers.TryGetValue(rel, out List<Rel>? readers) ? readers : [];

    public bool IsShared(Rel rel) => ReadersOf(rel).Count > 1;

    private void Visit(Rel rel)
    {
        if (_readers.ContainsKey(rel)) return;
        _readers[rel] = [];
        foreach (Rel input in rel.Inputs)
        {
            Visit(input);
            _readers[input].Add(rel);
        }
        _inputsFirst.Add(rel);
    }

    /// <summary>
    /// New trees from old ones, inputs first, sharing kept: <paramref name="change"/> gets each relation with
    /// its inputs already changed, and the relation as it was.
    /// </summary>
    public static ImmutableArray<SinkRel> Rewrite(IEnumerable<SinkRel> sinks, Func<Rel, Rel, Rel> change)
    {
        Dictionary<Rel, Rel> done = new(ReferenceEqualityComparer.Instance);
        return [.. sinks.Select(s => (SinkRel)Apply(s))];

        Rel Apply(Rel rel)
        {
            if (done.TryGetValue(rel, out Rel? known)) return known;
            Rel[] inputs = [.. rel.Inputs.Select(Apply)];
            bool isSame = inputs.Zip(rel.Inputs, ReferenceEquals).All(x => x);
            return done[rel] = change(isSame ? rel : rel.WithInputs([.. inputs]), rel);
        }
    }
}
