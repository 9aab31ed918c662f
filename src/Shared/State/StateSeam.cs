namespace Millrace.Shared.State;

/// <summary>
/// The state of one operator at the moment of a checkpoint. <see cref="WriteTo"/> runs once on another thread
/// while the operator goes on; <see cref="IDisposable.Dispose"/> gives the copy-on-write pages up, also when
/// nothing was written.
/// </summary>
public interface IStateSnapshot : IDisposable
{
    void WriteTo(IStateWriter writer);
}

/// <summary>
/// Writes the state of one operator as named entries. Keyed entries must come in ascending order of key group
/// (names in any order inside a group), so that a restore at another parallelism reads only its groups.
/// </summary>
public interface IStateWriter
{
    /// <summary>One entry of keyed state; the key and value are the operator's own encoding.</summary>
    void Keyed(int keyGroup, string state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>
    /// One item of operator state. On restore every subtask gets the items of all (Flink's union list state).
    /// </summary>
    void Item(string state, ReadOnlySpan<byte> item);
}

/// <summary>Receives keyed entries while they are read; the spans live for the call only.</summary>
public delegate void KeyedStateEntry(
    int keyGroup, string state, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

/// <summary>Receives items of operator state while they are read.</summary>
public delegate void StateItem(string state, ReadOnlySpan<byte> item);

/// <summary>Reads back what the snapshots of all subtasks of this operator wrote.</summary>
public interface IStateReader
{
    /// <summary>The entries in the key groups of the restoring subtask.</summary>
    void ReadKeyed(KeyedStateEntry entry);

    /// <summary>The items of all subtasks.</summary>
    void ReadItems(StateItem item);
}
