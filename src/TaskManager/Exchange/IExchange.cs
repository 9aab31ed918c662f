using System.Globalization;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;

namespace Millrace.TaskManager.Exchange;

/// <summary>One channel of one attempt: from a subtask of the edge's sender to one of its receiver.</summary>
/// <param name="Edge">Index into the job graph's edges.</param>
internal readonly record struct ChannelId(string JobId, int Attempt, int Edge, int From, int To)
{
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"channel {From}>{To} of edge {Edge}, job {JobId}, attempt {Attempt}");
}

/// <summary>
/// Connects the subtasks of an attempt. Each end opens its side when it is deployed, in any order; what is
/// written before the other end is there waits. Callbacks come from other threads and must return at once.
/// </summary>
internal interface IExchange
{
    /// <param name="peer">Data port (host:port) of the reader's process; empty: this process.</param>
    /// <param name="roomMade">Called when a full channel has room again.</param>
    /// <param name="lost">
    /// Called once when the channel can't be used any more: the subtask must fail with it. What is
    /// written afterwards counts for nothing.
    /// </param>
    IChannelWriter OpenWriter(
        ChannelId channel, string peer, Action roomMade, Action<MillraceException> lost);

    /// <param name="peer">Data port (host:port) of the writer's process; empty: this process.</param>
    /// <param name="arrived">Called when an empty channel got an element, or any a barrier.</param>
    /// <param name="lost">Called once when the rest of the channel can't arrive any more.</param>
    IChannelReader OpenReader(
        ChannelId channel, string peer, Action arrived, Action<MillraceException> lost);
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

    /// <summary>
    /// The first barrier that has arrived and was not read, also behind other elements; null: none. Its
    /// arrival is told as that of an element in an empty channel.
    /// </summary>
    Barrier? Announced { get; }

    /// <summary>
    /// Adds the batches and watermarks that lie or will arrive before the capture's barrier; they are read as
    /// always.
    /// </summary>
    /// <param name="channel">Index in the gate, to note with each.</param>
    void Capture(InFlightCapture capture, int channel);

    /// <summary>Gives the capture up.</summary>
    void EndCapture();
}
