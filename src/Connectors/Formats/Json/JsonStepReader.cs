using System.Text.Unicode;
using Millrace.Shared.Types;

namespace Millrace.Connectors.Formats.Json;

/// <summary>Reads a step from a line where none that is known matches.</summary>
/// <remarks>It refuses whatever is rare, and lines with that are decoded by the book.</remarks>
internal ref struct JsonStepReader(ReadOnlySpan<byte> text, JsonStep previous, JsonTargets targets)
{
    /// <summary>No longer, so that a lead never reaches beyond the slack behind the data.</summary>
    private const int MaxLeadBytes = 64;

    private readonly ReadOnlySpan<byte> _text = text[..Math.Min(text.Length, MaxLeadBytes)];
    private readonly bool _isInner = previous.After is JsonPlace.TextStart or JsonPlace.AfterTextMember;
    private int _position;

    /// <returns>Null where it cannot be a step.</returns>
    public JsonStep? Read()
    {
        SkipBlanks();
        bool isStart = previous.After is JsonPlace.LineStart or JsonPlace.TextStart;
        if (isStart ? !TryTake("{"u8) : !TryTake(","u8)) return isStart ? null : ReadEnd();
        SkipBlanks();
        if (isStart && Byte() == '}') return ReadEnd();
        return TryReadName(out ReadOnlySpan<byte> name) ? ReadValue(name) : null;
    }

    private JsonStep? ReadEnd()
    {
        if (!TryTake("}"u8)) return null;
        if (_isInner)
            return TryTake("\""u8)
                ? Step(JsonPlace.AfterMember, previous.Owner, JsonAction.EndText, null) : null;
        TryTake("\r"u8);
        return TryTake("\n"u8) ? Step(JsonPlace.LineStart, null, JsonAction.EndLine, null) : null;
    }

    private JsonStep? ReadValue(ReadOnlySpan<byte> name)
    {
        if (_isInner) return ReadInnerValue(targets.Field(previous.Owner!, name));
        JsonMemberTarget? member = targets.Member(name);
        if (member is { HasFields: true }) return ReadText(member);
        if (TryTake("\""u8)) return Outer(TextAction(member), member);
        if (Byte() is '-' or (>= '0' and <= '9')) return Outer(NumberAction(member), member);
        if (TryReadWord(member) is { } word) return word;
        return Byte() is '{' or '[' ? Outer(JsonAction.ReadValue, member) : null;
    }

    /// <summary>A member whose text is walked; null gives no fields, anything else is not for here.</summary>
    private JsonStep? ReadText(JsonMemberTarget member)
    {
        if (TryTake("null"u8)) return Outer(JsonAction.ReadWord, member, JsonKind.Null);
        return TryTake("\""u8) ? Step(JsonPlace.TextStart, member, JsonAction.BeginText, member) : null;
    }

    private JsonStep? ReadInnerValue(JsonFieldTarget? field)
    {
        if (TryTake("\\\""u8)) return Inner(InnerTextAction(field), field);
        if (Byte() is '-' or (>= '0' and <= '9')) return Inner(NumberAction(field), field);
        if (TryReadWord(field) is { } word) return word;
        return Byte() is '{' or '[' ? Inner(JsonAction.ReadInnerValue, field) : null;
    }

    private JsonStep? TryReadWord(JsonTarget? target)
    {
        JsonKind kind = TryTake("null"u8) ? JsonKind.Null
            : TryTake("true"u8) ? JsonKind.True
            : TryTake("false"u8) ? JsonKind.False
            : JsonKind.None;
        // Nothing in it to read: as good as a word, unless it becomes an ARRAY, a ROW or a text.
        if (kind == JsonKind.None && target is null or JsonFieldTarget)
            kind = TryTake("{}"u8) ? JsonKind.Object : TryTake("[]"u8) ? JsonKind.Array : JsonKind.None;
        if (kind == JsonKind.None) return null;
        JsonAction action = target is null ? JsonAction.Pass : JsonAction.ReadWord;
        return _isInner ? Inner(action, target, kind) : Outer(action, target, kind);
    }

    private readonly JsonStep Outer(JsonAction action, JsonTarget? target, JsonKind kind = JsonKind.None) =>
        Step(JsonPlace.AfterMember, null, action, target, kind);

    private readonly JsonStep Inner(JsonAction action, JsonTarget? target, JsonKind kind = JsonKind.None) =>
        Step(JsonPlace.AfterTextMember, previous.Owner, action, target, kind);

    private readonly JsonStep Step(
        JsonPlace after, JsonMemberTarget? owner, JsonAction action, JsonTarget? target, JsonKind kind =
            JsonKind.None) =>
        new(_text[.._position], after, owner, action, target, kind)
        {
            Before = previous.After,
            OwnerBefore = previous.InnerOwner,
        };

    private static JsonAction TextAction(JsonTarget? target) => target switch
    {
        null => JsonAction.SkipText,
        { Type.IsCharacter: true } => target.Wanted is null ? JsonAction.TakeText
            : JsonAction.TakeFilteredText,
        _ => JsonAction.ReadText,
    };

    private static JsonAction InnerTextAction(JsonTarget? target) => target switch
    {
        null => JsonAction.SkipInnerText,
        { Type.IsCharacter: true } => JsonAction.TakeInnerText,
        _ => JsonAction.ReadInnerText,
    };

    private static JsonAction NumberAction(JsonTarget? target) => target?.Type?.Kind switch
    {
        null => target is null ? JsonAction.SkipNumber : JsonAction.ReadNumber,
        TypeKind.BigInt => JsonAction.TakeLong,
        TypeKind.Int => JsonAction.TakeInt,
        _ => JsonAction.ReadNumber,
    };

    /// <summary>A name without escapes, and the colon with the blanks around it.</summary>
    private bool TryReadName(out ReadOnlySpan<byte> name)
    {
        name = default;
        ReadOnlySpan<byte> quote = _isInner ? "\\\""u8 : "\""u8;
        if (!TryTake(quote)) return false;
        int length = _text[_position..].IndexOfAny((byte)'"', (byte)'\\');
        if (length < 0) return false;
        name = _text.Slice(_position, length);
        _position += length;
        if (!TryTake(quote) || name.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0
            || !Utf8.IsValid(name)) return false;
        SkipBlanks();
        if (!TryTake(":"u8)) return false;
        SkipBlanks();
        return true;
    }

    private bool TryTake(ReadOnlySpan<byte> bytes)
    {
        if (!_text[_position..].StartsWith(bytes)) return false;
        _position += bytes.Length;
        return true;
    }

    /// <summary>
    /// A tab or a return in the text of a member would be a control character inside a string.
    /// </summary>
    private void SkipBlanks()
    {
        while (Byte() is ' ' || (!_isInner && Byte() is '\t')) _position++;
    }

    private readonly int Byte() => _position < _text.Length ? _text[_position] : -1;
}
