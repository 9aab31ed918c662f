using Millrace.Sql.Syntax;

namespace Millrace.Sql.Binding;

/// <summary>The words of units as the function catalog knows them.</summary>
internal static class TimeUnits
{
    public static string Word(TimeUnit unit) => unit switch
    {
        TimeUnit.DayOfWeek => "DOW",
        TimeUnit.IsoDayOfWeek => "ISODOW",
        TimeUnit.DayOfYear => "DOY",
        _ => unit.ToString().ToUpperInvariant(),
    };
}
