using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.CommandProtocol;

namespace Millrace.Pbm.Output;

/// <summary>Values of a document as people read them.</summary>
internal static class ValueText
{
    private const int BarWidth = 24, LeastBarWidth = 4;
    private const string FullShare = " 100%";
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB"];

    /// <param name="room">Columns that a bar may take; without room it is its percentage alone.</param>
    /// <returns>Empty for null.</returns>
    public static string Of(JsonNode? value, string kind, int room = int.MaxValue)
    {
        if (value is null) return "";
        if (value is JsonArray items && items.All(i => i is JsonValue))
            return string.Join(", ", items.Select(i => Of(i, kind, room)));
        if (value is not JsonValue scalar) return FrameCodec.ToText(value);
        if (scalar.GetValueKind() == JsonValueKind.String) return Printable(scalar.GetValue<string>());
        if (scalar.GetValueKind() != JsonValueKind.Number || !TryNumber(scalar, out double number))
            return scalar.GetValueKind() switch
            {
                JsonValueKind.True => "yes",
                JsonValueKind.False => "no",
                _ => scalar.ToString(),
            };
        return kind switch
        {
            ColumnKinds.Number => Count(number),
            ColumnKinds.Bytes => Bytes(number),
            ColumnKinds.Duration => Duration(number),
            ColumnKinds.Time => Time(number),
            ColumnKinds.Bar => Bar(number, room),
            _ => scalar.ToString(),
        };
    }

    public static bool IsRight(string kind) =>
        kind is ColumnKinds.Number or ColumnKinds.Bytes or ColumnKinds.Duration;

    /// <summary>A name in a document must not move the cursor or ring the bell.</summary>
    private static string Printable(string text) => string.Concat(
        text.ReplaceLineEndings("\n").Select(c => char.IsControl(c) && c is not '\n' ? ' ' : c));

    private static bool TryNumber(JsonValue value, out double number) =>
        double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Count(double number) =>
        number.ToString(number == Math.Floor(number) ? "N0" : "N1", CultureInfo.InvariantCulture);

    private static string Bytes(double number)
    {
        int unit = 0;
        while (number >= 1000 && unit < ByteUnits.Length - 1)
        {
            number /= 1000;
            unit++;
        }
        return number.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + ByteUnits[unit];
    }

    private static string Duration(double milliseconds) => milliseconds switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        < 60_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
        _ => TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue)).ToString(
            @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture),
    };

    /// <summary>In the time zone of who looks.</summary>
    private static string Time(double milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds).ToLocalTime()
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Bar(double share, int room)
    {
        double full = Math.Clamp(share, 0, 1);
        string percent = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(full * 100):0}%");
        int width = Math.Min(BarWidth, room - FullShare.Length);
        if (width < LeastBarWidth) return percent;
        int filled = (int)Math.Round(full * width);
        return new string('█', filled) + new string('░', width - filled) + " " + percent;
    }
}
