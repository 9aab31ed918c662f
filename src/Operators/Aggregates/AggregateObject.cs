using System.Buffers;
using Millrace.Operators.State;

namespace Millrace.Operators.Aggregates;

/// <summary>The state of one aggregate of a group that does not fit words.</summary>
internal abstract class AggregateObject(int epoch) : SlotObject(epoch)
{
    /// <summary>Appends the content; a reader of the same kind takes exactly these bytes.</summary>
    public abstract void Write(ArrayBufferWriter<byte> output);
}
