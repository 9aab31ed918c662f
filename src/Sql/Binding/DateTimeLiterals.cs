using System.Globalization;
using System.Text.RegularExpressions;
using Millrace.Shared.Types;
using Ast = Millrace.Sql.Syntax;
using Literal = Millrace.Shared.Expressions.Literal;

namespace Millrace.Sql.Binding;

/// <summary>DATE, TIME and TIMESTAMP literals; checked here, since their text is constant.</summary>
internal static partial class DateTimeLiterals
{
    public static Literal Bind(Ast.DateTimeLiteral literal) => literal.Kind switch
    {
        Ast.DateTimeKindName.Date => Date(literal),
        Ast.DateTimeKindName.Time => Time(literal),
        _ => Timestamp(literal),
    };

    private static Literal Date(Ast.DateTimeLiteral literal) => AsDate(literal.Text) is { } date
        ? new Literal(date, LogicalType.Date.NotNull())
        : throw Malformed(literal, "DATE 'yyyy-MM-dd'");

    private static Literal Time(Ast.DateTimeLiteral literal)
    {
        Match match = ClockShape().Match(literal.Text);
        if (!match.Success || !IsClock(match)) throw Malformed(literal, "TIME 'HH:mm:ss'");
        return new Literal(Clock(match), LogicalType.Time(match.Groups["fraction"].Length).NotNull());
    }

    private static Literal Timestamp(Ast.DateTimeLiteral literal)
    {
        if (AsDate(literal.Text) is { } day)
            return new Literal(day + " 00:00:00", LogicalType.Timestamp(0).NotNull());
        int blank = literal.Text.IndexOf(' ', StringComparison.Ordinal);
        Match match = ClockShape().Match(blank < 0 ? "" : literal.Text[(blank + 1)..]);
        if (!match.Success || !IsClock(match) || AsDate(literal.Text[..blank]) is not { } date)
            throw Malformed(literal, "TIMESTAMP 'yyyy-MM-dd HH:mm:ss'");
        return new Literal(
            $"{date} {Clock(match)}", LogicalType.Timestamp(match.Groups["fraction"].Length).NotNull());
    }

    /// <summary>The date with all its digits; null where it is none.</summary>
    private static string? AsDate(string text) =>
        DateOnly.TryParseExact(
            text, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : null;

    private static string Clock(Match match)
    {
        string fraction = match.Groups["fraction"].Value;
        string clock = $"{Two("h")}:{Two("m")}:{Two("s")}";
        return fraction.Length == 0 ? clock : $"{clock}.{fraction}";

        string Two(string group) => match.Groups[group].Value.PadLeft(2, '0');
    }

    private static bool IsClock(Match match) =>
        int.Parse(match.Groups["h"].Value, CultureInfo.InvariantCulture) < 24
        && int.Parse(match.Groups["m"].Value, CultureInfo.InvariantCulture) < 60
        && int.Parse(match.Groups["s"].Value, CultureInfo.InvariantCulture) < 60;

    private static SqlException Malformed(Ast.DateTimeLiteral literal, string form) => new(
        SqlErrorKind.Invalid,
        $"Illegal {literal.Kind.ToString().ToUpperInvariant()} literal '{literal.Text}': not in format "
        + $"{form}.",
        literal.Span);

    [GeneratedRegex(@"^(?<h>\d\d?):(?<m>\d\d?):(?<s>\d\d?)(\.(?<fraction>\d{1,9}))?$")]
    private static partial Regex ClockShape();
}
