using System.Text;
using Millrace.Shared.Connect;

namespace Millrace.Connectors.Formats.Json;

/// <summary>
/// The paths wanted out of one JSON text, as a tree by member name, and a walk that finds their values in one
/// pass: what <c>JSON_VALUE(text, path)</c> finds, for all paths at once.
/// </summary>
/// <remarks>Of a repeated member the last value counts, with all that is in it. What follows the first JSON
/// value of the text is not looked at, as in Flink. One tree serves one thread.</remarks>
internal sealed class JsonPathTree
{
    private readonly Node _root = new([]);
    private readonly JsonSlice[] _found;
    private byte[] _scratch = [];

    /// <param name="columns">The scan's fields of one text; field i finds its value at index i.</param>
    public JsonPathTree(IReadOnlyList<JsonScanColumn> columns)
    {
        for (int i = 0; i < columns.Count; i++)
        {
            Node node = _root;
            foreach (string name in columns[i].Path) node = node.ChildFor(Encoding.UTF8.GetBytes(name));
            node.Leaves.Add(i);
        }
        _found = new JsonSlice[columns.Count];
    }

    /// <summary>The values of the last walk, one a column; of kind None where there is none.</summary>
    public ReadOnlySpan<JsonSlice> Found => _found;

    /// <summary>Walks a text; malformed JSON gives no value at all.</summary>
    public void Find(ReadOnlySpan<byte> text)
    {
        Clear();
        var cursor = new JsonCursor(text, allowControls: false);
        bool isFine = cursor.Peek() == '{' ? TryWalk(ref cursor, text, _root, 0) : cursor.TryReadValue(out _);
        if (!isFine) Clear();
    }

    /// <summary>Forgets the last walk, as if the text had no member.</summary>
    public void Clear() => Array.Clear(_found);

    private bool TryWalk(ref JsonCursor cursor, ReadOnlySpan<byte> text, Node node, int depth)
    {
        cursor.Open((byte)'}', out bool isClosed);
        while (!isClosed)
        {
            if (!cursor.TryReadName(out JsonSlice name)) return false;
            Node? child = node.Child(JsonText.Plain(name.Of(text), name.HasEscapes, ref _scratch));
            if (child is null ? !cursor.TryReadValue(out _, depth + 1)
                : !TryTake(ref cursor, text, child, depth + 1))
                return false;
            if (!cursor.TryReadNext((byte)'}', out isClosed)) return false;
        }
        return true;
    }

    private bool TryTake(ref JsonCursor cursor, ReadOnlySpan<byte> text, Node node, int depth)
    {
        Forget(node);
        if (node.HasChildren && cursor.Peek() == '{')
        {
            // A path that ends at an object finds no scalar, so nothing is to be kept for the node itself.
            return TryWalk(ref cursor, text, node, depth);
        }
        if (!cursor.TryReadValue(out JsonSlice value, depth)) return false;
        foreach (int leaf in node.Leaves) _found[leaf] = value;
        return true;
    }

    private void Forget(Node node)
    {
        foreach (int leaf in node.Leaves) _found[leaf] = default;
        foreach (Node child in node.Children) Forget(child);
    }

    private sealed class Node(byte[] name)
    {
        public List<int> Leaves { get; } = [];

        public List<Node> Children { get; } = [];

        public bool HasChildren => Children.Count > 0;

        public Node? Child(ReadOnlySpan<byte> wanted)
        {
            foreach (Node child in Children)
                if (child.IsNamed(wanted)) return child;
            return null;
        }

        public Node ChildFor(byte[] wanted)
        {
            if (Child(wanted) is { } known) return known;
            var child = new Node(wanted);
            Children.Add(child);
            return child;
        }

        private bool IsNamed(ReadOnlySpan<byte> wanted) => wanted.SequenceEqual(name);
    }
}
