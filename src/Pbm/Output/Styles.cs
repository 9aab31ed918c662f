using Millrace.CommandProtocol;
using Spectre.Console;

namespace Millrace.Pbm.Output;

/// <summary>Colours; none of them is the only bearer of a meaning.</summary>
internal static class Styles
{
    public static readonly Style Heading = new(decoration: Decoration.Bold);
    public static readonly Style Label = new(Color.Grey);
    public static readonly Style Frame = new(Color.Grey);
    public static readonly Style Failure = new(Color.Red);

    public static Style Of(string kind, string text) => kind switch
    {
        ColumnKinds.Id => new Style(Color.Teal),
        ColumnKinds.Bar => new Style(Color.Green),
        ColumnKinds.State => new Style(OfState(text), decoration: Decoration.Bold),
        _ => Style.Plain,
    };

    private static Color OfState(string state) => state.ToUpperInvariant() switch
    {
        "RUNNING" or "UP" or "COMPLETED" or "REGISTERED" => Color.Green,
        "FINISHED" => Color.Blue,
        "FAILED" or "FAILING" or "DOWN" or "UNREACHABLE" => Color.Red,
        "RESTARTING" or "CANCELLING" or "CANCELED" or "SUSPENDED" or "LEAVING" or "EXITING" => Color.Yellow,
        _ => Color.Default,
    };
}
