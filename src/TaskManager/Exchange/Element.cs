using Millrace.Shared.Columns;
using Millrace.Shared.Dataflow;

namespace Millrace.TaskManager.Exchange;

/// <summary>What lies in a channel, in order.</summary>
internal enum ElementKind
{
    Batch,
    Watermark,
    Barrier,
    Idle,
    Active,
    End,
}

/// <summary>One element of a channel.</summary>
internal readonly struct Element
{
    private Element(ElementKind kind, object? content, Watermark watermark)
    {
        Kind = kind;
        _content = content;
        Watermark = watermark;
    }

    private readonly object? _content;

    public ElementKind Kind { get; }

    public Watermark Watermark { get; }

    /// <summary>Of a Batch element; the reader of the channel owns one reference.</summary>
    public ColumnBatch Batch => (ColumnBatch)_content!;

    /// <summary>Of a Barrier element.</summary>
    public Barrier Barrier => (Barrier)_content!;

    public static readonly Element End = new(ElementKind.End, null, default);
    public static readonly Element Idle = new(ElementKind.Idle, null, default);
    public static readonly Element Active = new(ElementKind.Active, null, default);

    public static Element Of(ColumnBatch batch) => new(ElementKind.Batch, batch, default);

    public static Element Of(Watermark watermark) => new(ElementKind.Watermark, null, watermark);

    public static Element Of(Barrier barrier) => new(ElementKind.Barrier, barrier, default);
}
