namespace Millrace.Operators.Aggregates;

/// <summary>
/// An ordered map that snapshots share: a treap (Seidel and Aragon 1996) whose nodes belong to an epoch. A
/// change copies the nodes on its path that belong to an older epoch and changes the others in place, so that
/// a copy of the whole costs nothing and each later change O(log n).
/// </summary>
internal sealed class CowTree<TKey, TValue>
{
    private readonly IComparer<TKey> _order;
    private readonly int _epoch;
    private Node? _root;
    private uint _seed;

    public CowTree(IComparer<TKey> order, int epoch)
    {
        _order = order;
        _epoch = epoch;
        _seed = 2463534242;
    }

    private CowTree(CowTree<TKey, TValue> other, int epoch)
    {
        _order = other._order;
        _epoch = epoch;
        _root = other._root;
        _seed = other._seed;
        Count = other.Count;
    }

    public int Count { get; private set; }

    /// <summary>The same entries; from now on this tree must not be changed.</summary>
    public CowTree<TKey, TValue> CopyFor(int epoch) => new(this, epoch);

    public bool TryGet(TKey key, out TValue? value)
    {
        Node? node = _root;
        while (node is not null)
        {
            int order = _order.Compare(key, node.Key);
            if (order == 0)
            {
                value = node.Value;
                return true;
            }
            node = order < 0 ? node.Left : node.Right;
        }
        value = default;
        return false;
    }

    /// <summary>The first key at or after <paramref name="from"/>.</summary>
    public bool TryCeiling(TKey from, out TKey? key)
    {
        Node? node = _root;
        Node? best = null;
        while (node is not null)
        {
            if (_order.Compare(from, node.Key) <= 0) (best, node) = (node, node.Left);
            else node = node.Right;
        }
        key = best is null ? default : best.Key;
        return best is not null;
    }

    /// <summary>The first entry, or the last.</summary>
    public bool TryEnd(bool isLast, out TKey? key, out TValue? value)
    {
        Node? node = _root;
        while ((isLast ? node?.Right : node?.Left) is { } next) node = next;
        key = node is null ? default : node.Key;
        value = node is null ? default : node.Value;
        return node is not null;
    }

    public void Set(TKey key, TValue value) => _root = Set(_root, key, value);

    /// <returns>Whether the key was there.</returns>
    public bool Remove(TKey key)
    {
        if (!TryGet(key, out _)) return false;
        _root = Remove(_root!, key);
        Count--;
        return true;
    }

    /// <summary>The entries in order of their keys.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> InOrder()
    {
        var path = new Stack<Node>();
        for (Node? node = _root; node is not null || path.Count > 0;)
        {
            for (; node is not null; node = node.Left) path.Push(node);
            Node next = path.Pop();
            yield return new KeyValuePair<TKey, TValue>(next.Key, next.Value);
            node = next.Right;
        }
    }

    private Node Set(Node? node, TKey key, TValue value)
    {
        if (node is null)
        {
            Count++;
            return new Node(key, value, NextPriority(), _epoch);
        }
        node = Own(node);
        int order = _order.Compare(key, node.Key);
        if (order == 0)
        {
            node.Value = value;
            return node;
        }
        if (order < 0)
        {
            node.Left = Set(node.Left, key, value);
            return node.Left.Priority > node.Priority ? RotateRight(node, node.Left) : node;
        }
        node.Right = Set(node.Right, key, value);
        return node.Right.Priority > node.Priority ? RotateLeft(node, node.Right) : node;
    }

    private Node? Remove(Node node, TKey key)
    {
        int order = _order.Compare(key, node.Key);
        if (order == 0) return Join(node.Left, node.Right);
        node = Own(node);
        if (order < 0) node.Left = Remove(node.Left!, key);
        else node.Right = Remove(node.Right!, key);
        return node;
    }

    private Node? Join(Node? left, Node? right)
    {
        if (left is null) return right;
        if (right is null) return left;
        if (left.Priority > right.Priority)
        {
            left = Own(left);
            left.Right = Join(left.Right, right);
            return left;
        }
        right = Own(right);
        right.Left = Join(left, right.Left);
        return right;
    }

    private static Node RotateRight(Node node, Node left)
    {
        node.Left = left.Right;
        left.Right = node;
        return left;
    }

    private static Node RotateLeft(Node node, Node right)
    {
        node.Right = right.Left;
        right.Left = node;
        return right;
    }

    private Node Own(Node node) => node.Epoch == _epoch
        ? node
        : new Node(node.Key, node.Value, node.Priority, _epoch) { Left = node.Left, Right = node.Right };

    /// <summary>Marsaglia's xorshift: priorities only need to be unrelated to the keys.</summary>
    private uint NextPriority()
    {
        _seed ^= _seed << 13;
        _seed ^= _seed >> 17;
        _seed ^= _seed << 5;
        return _seed;
    }

    private sealed class Node(TKey key, TValue value, uint priority, int epoch)
    {
        public readonly TKey Key = key;
        public readonly uint Priority = priority;
        public readonly int Epoch = epoch;
        public TValue Value = value;
        public Node? Left;
        public Node? Right;
    }
}
