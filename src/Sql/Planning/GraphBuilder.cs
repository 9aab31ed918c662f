using System.Collections.Immutable;
using System.Globalization;
using Millrace.Shared.Graph;

namespace Millrace.Sql.Planning;

/// <summary>
/// The physical plan to a job graph. An operator joins the vertex of its producer when it alone takes the
/// producer's rows, forward. Uids are the operator's kind and its number among its kind, in the order of the
/// plan, so that the same text gives the same uids.
/// </summary>
internal sealed class GraphBuilder
{
    private readonly List<PhysicalNode> _order = [];
    private readonly Dictionary<PhysicalNode, int> _consumers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PhysicalNode, string> _uids = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<PhysicalNode, int> _vertexOf = new(ReferenceEqualityComparer.Instance);
    private readonly List<List<PhysicalNode>> _chains = [];

    public GraphBuilder(IEnumerable<PhysicalNode> sinks)
    {
        foreach (PhysicalNode sink in sinks) Visit(sink);
        NameAll();
        foreach (PhysicalNode node in _order) Place(node);
    }

    public string UidOf(PhysicalNode node) => _uids[node];

    public int VertexOf(PhysicalNode node) => _vertexOf[node];

    public JobGraph Build(string name, int maxParallelism, string timeZone) => new(
        name,
        maxParallelism,
        timeZone,
        [.. _chains.Select(Vertex)],
        [.. _chains.SelectMany((chain, v) => chain[0].Inputs.Select(e => Edge(e, v)))]);

    /// <summary>Producers before consumers.</summary>
    private void Visit(PhysicalNode node)
    {
        foreach (PhysicalEdge edge in node.Inputs)
        {
            if (!_consumers.TryGetValue(edge.From, out int count)) Visit(edge.From);
            _consumers[edge.From] = count + 1;
        }
        _order.Add(node);
    }

    private void NameAll()
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (PhysicalNode node in _order)
        {
            int number = counts[node.Kind] = counts.GetValueOrDefault(node.Kind) + 1;
            bool isTable =
                node.Kind.Contains('-', StringComparison.Ordinal) && node.Kind != "group-aggregate";
            _uids[node] = isTable && number == 1
                ? node.Kind
                : string.Create(CultureInfo.InvariantCulture, $"{node.Kind}-{number}");
        }
    }

    private void Place(PhysicalNode node)
    {
        if (node.Inputs is [{ Kind: ExchangeKind.Forward } only]
            && _consumers[only.From] == 1 && only.From.Parallelism == node.Parallelism)
        {
            _vertexOf[node] = _vertexOf[only.From];
            _chains[_vertexOf[node]].Add(node);
            return;
        }
        _vertexOf[node] = _chains.Count;
        _chains.Add([node]);
    }

    private JobVertex Vertex(List<PhysicalNode> chain) => new(
        _uids[chain[0]],
        string.Join(" -> ", chain.Select(n => n.Name)),
        chain[0].Parallelism,
        [.. chain.Select(n => new OperatorNode(_uids[n], n.Name, n.Plan, n.Output))]);

    private JobEdge Edge(PhysicalEdge edge, int to) => new(_vertexOf[edge.From], to, 0, edge.Kind, edge.Keys);
}
