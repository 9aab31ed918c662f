using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Millrace.Shared.Columns;

namespace Millrace.Connectors.Formats.Json;

/// <summary>What may come next in a line, and how its quotes are written.</summary>
internal enum JsonPlace : byte
{
    LineStart,
    AfterMember,

    /// <summary>
    /// Inside a string that holds JSON text, before its first byte; quotes have a backslash in front.
    /// </summary>
    TextStart,
    AfterTextMember,
}

/// <summary>What to do with the value that a step leads to.</summary>
internal enum JsonAction : byte
{
    /// <summary>The lead was all there is.</summary>
    Pass,
    SkipText,
    SkipNumber,
    TakeText,

    /// <summary>Take the text; a row where it is not <see cref="JsonStep.Wanted"/> is left out.</summary>
    TakeFilteredText,
    TakeLong,
    TakeInt,
    SkipInnerText,
    TakeInnerText,

    /// <summary>Read the value by the book and hand it to the target, if any.</summary>
    ReadText,
    ReadInnerText,
    ReadNumber,
    ReadWord,
    ReadValue,

    /// <summary>Read an object or an array inside a text by the book.</summary>
    ReadInnerValue,

    /// <summary>The value is a text to be walked.</summary>
    BeginText,

    /// <summary>The text is walked; hand it as a whole to the target, if any.</summary>
    EndText,

    /// <summary>The line ends here.</summary>
    EndLine,
}

/// <summary>
/// One stretch of bytes that lines have in common: from the end of a value over comma, name and colon to the
/// next value's first byte. A value that is a word (null, {}) is part of the lead.
/// </summary>
internal sealed unsafe class JsonStep
{
    private const int VectorBytes = 32;
    private const int MaxOthers = 8;

    private readonly Vector256<byte> _lead;
    private readonly Vector256<byte> _mask;
    private readonly byte[] _bytes;
    private readonly List<JsonStep> _others = [];

    public JsonStep(
        ReadOnlySpan<byte> lead, JsonPlace after, JsonMemberTarget? owner, JsonAction action,
            JsonTarget? target, JsonKind kind)
    {
        Span<byte> padded = stackalloc byte[VectorBytes], mask = stackalloc byte[VectorBytes];
        int compared = Math.Min(lead.Length, VectorBytes);
        padded.Clear();
        mask.Clear();
        lead[..compared].CopyTo(padded);
        mask[..compared].Fill(0xff);
        _lead = Vector256.Create<byte>(padded);
        _mask = Vector256.Create<byte>(mask);
        _bytes = lead.ToArray();
        Length = lead.Length;
        After = after;
        Owner = owner;
        Action = action;
        Target = target;
        Kind = kind;
        Bit = target?.Bit ?? 0;
        Builder = target?.Builders.FirstOrDefault();
        Wanted = target?.Wanted ?? [];
    }

    public int Length { get; }

    public JsonAction Action { get; }

    public ulong Bit { get; }

    /// <summary>The length of the value when it was last another than before, below a vector's.</summary>
    public int UsualLength { get; set; }

    /// <summary>The target's only builder, where the action is to take.</summary>
    public ColumnBuilder? Builder { get; }

    public JsonTarget? Target { get; }

    /// <summary>Of a word: which.</summary>
    public JsonKind Kind { get; }

    public JsonPlace After { get; }

    /// <summary>The member whose text the step lies in or leads into; null outside of texts.</summary>
    public JsonMemberTarget? Owner { get; }

    /// <summary>The member whose text is not left yet.</summary>
    public JsonMemberTarget? InnerOwner =>
        After is JsonPlace.TextStart or JsonPlace.AfterTextMember ? Owner : null;

    public byte[] Wanted { get; }

    /// <summary>The place that it leads from.</summary>
    public JsonPlace Before { get; init; }

    /// <summary>The member in whose text that place lies, or null.</summary>
    public JsonMemberTarget? OwnerBefore { get; init; }

    /// <summary>For the book.</summary>
    public JsonStep? NextInBucket { get; set; }

    /// <summary>The step that followed last time.</summary>
    public JsonStep? Next { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Matches(byte* text) =>
        (Vector256.Load(text) & _mask) == _lead && (Length <= VectorBytes || MatchesRest(text));

    /// <summary>Whether it leads from where the other leads to.</summary>
    public bool Continues(JsonStep previous) =>
        Before == previous.After && OwnerBefore == previous.InnerOwner;

    /// <summary>A step that followed before and matches now; it becomes <see cref="Next"/>.</summary>
    public JsonStep? FindOther(byte* text)
    {
        foreach (JsonStep other in _others)
        {
            if (!other.Matches(text)) continue;
            Next = other;
            return other;
        }
        return null;
    }

    /// <summary>Remembers what followed.</summary>
    public void Follow(JsonStep next)
    {
        Next = next;
        if (_others.Count < MaxOthers && !_others.Contains(next)) _others.Add(next);
    }

    private bool MatchesRest(byte* text) =>
        new ReadOnlySpan<byte>(text + VectorBytes, Length - VectorBytes).SequenceEqual(
            _bytes.AsSpan(VectorBytes));
}
