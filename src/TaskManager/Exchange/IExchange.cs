namespace Millrace.TaskManager.Exchange;

/// <summary>One channel of one attempt: from a subtask of the edge's sender to one of its receiver.</summary>
/// <param name="Edge">Index into the job graph's edges.</param>
internal readonly record struct ChannelId(string JobId, int Attempt, int Edge, int From, int To);

/// <summary>
/// Connects the subtasks of an attempt. Each end opens its side when it is deployed, in any order; what is
/// written before the other end is there waits.
/// </summary>
internal interface IExchange
{
    /// <param name="roomMade">Called from the reader's thread when a full channel has room again.</param>
    IChannelWriter OpenWriter(ChannelId channel, Action roomMade);

    /// <param name="arrived">Called from the writer's thread when an empty channel got an element.</param>
    IChannelReader OpenReader(ChannelId channel, Action arrived);
}

/// <summary>The sending end of a channel; used by one thread.</summary>
internal interface IChannelWriter : IDisposable
{
    /// <summary>
    /// False when the channel holds its bound of batches. A sender checks before it takes input; what one
    /// step then produces may pass the bound, so memory is bounded by the bound and one step's output.
    /// </summary>
    bool HasRoom { get; }

    /// <summary>Appends an element; of a batch the channel takes over one reference.</summary>
    void Write(Element element);
}

/// <summary>The receiving end of a channel; used by one thread.</summary>
internal interface IChannelReader : IDisposable
{
    bool TryRead(out Element element);
}
