using Millrace.Shared.Errors;
using Millrace.Shared.Keys;
using Millrace.Shared.State;

namespace Millrace.Operators.Tests.Harness;

/// <summary>What the snapshots of all subtasks of an operator wrote, kept in memory.</summary>
internal sealed class MemoryState
{
    private readonly List<(int KeyGroup, string State, byte[] Key, byte[] Value)> _keyed = [];
    private readonly List<(string State, byte[] Item)> _items = [];

    public int KeyedCount => _keyed.Count;

    /// <summary>What was written, in an order that does not depend on that of the writer.</summary>
    public IReadOnlyList<string> Entries =>
    [
        .. _keyed.Select(e =>
            $"{e.KeyGroup} {e.State} {Convert.ToHexString(e.Key)} {Convert.ToHexString(e.Value)}")
            .Concat(_items.Select(i => $"{i.State} {Convert.ToHexString(i.Item)}"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Writes a snapshot and gives it up; checks that key groups ascend.</summary>
    public void Write(IStateSnapshot? snapshot)
    {
        snapshot?.WriteTo(new Writer(this));
        snapshot?.Dispose();
    }

    public IStateReader Reader(int subtask = 0, int parallelism = 1) =>
        new Reading(this, KeyGroups.RangeOf(subtask, KeyGroups.DefaultMaxParallelism, parallelism));

    private sealed class Writer(MemoryState state) : IStateWriter
    {
        private int _last = -1;

        public void Keyed(int keyGroup, string name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Invariant.Check(keyGroup >= _last);
            _last = keyGroup;
            state._keyed.Add((keyGroup, name, key.ToArray(), value.ToArray()));
        }

        public void Item(string name, ReadOnlySpan<byte> item) => state._items.Add((name, item.ToArray()));
    }

    private sealed class Reading(MemoryState state, KeyGroupRange range) : IStateReader
    {
        public void ReadKeyed(KeyedStateEntry entry)
        {
            foreach ((int keyGroup, string name, byte[] key, byte[] value) in state._keyed)
                if (range.Contains(keyGroup)) entry(keyGroup, name, key, value);
        }

        public void ReadItems(StateItem item)
        {
            foreach ((string name, byte[] value) in state._items) item(name, value);
        }
    }
}
