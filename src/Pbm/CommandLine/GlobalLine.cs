namespace Millrace.Pbm.CommandLine;

/// <summary>A command line before it is known what the server offers.</summary>
/// <param name="Addresses">Where to look for a JobManager, in this order.</param>
/// <param name="Words">Palette, command and what follows; empty: the shell.</param>
internal sealed record GlobalLine(
    IReadOnlyList<Address> Addresses,
    IReadOnlyList<string> Words,
    OutputForm Output,
    bool WantsHelp,
    bool WantsVersion)
{
    public const string DefaultAddress = "127.0.0.1:9110";

    /// <param name="address">Where to look when the line does not say; null: on this machine.</param>
    /// <exception cref="PbmException">Usage.</exception>
    public static GlobalLine Parse(IReadOnlyList<string> arguments, string? address)
    {
        List<string> words = [];
        var line = new GlobalLine([], [], OutputForm.Table, false, false);
        bool isRaw = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            string word = arguments[i];
            if (isRaw) words.Add(word);
            else if (word is "--help" or "-h" or "-?") line = line with { WantsHelp = true };
            else if (word == "--version") line = line with { WantsVersion = true };
            else if (word == "--output")
                line = line with { Output = OutputOf(i + 1 < arguments.Count ? arguments[++i] : "") };
            else if (word.StartsWith("--output=", StringComparison.Ordinal))
                line = line with { Output = OutputOf(word["--output=".Length..]) };
            else
            {
                isRaw = word == "--";
                words.Add(word);
            }
        }
        if (words is [var first, ..] && IsAddress(first))
        {
            words.RemoveAt(0);
            address = first;
        }
        return line with
        {
            Addresses = Address.ParseList(string.IsNullOrEmpty(address) ? DefaultAddress : address),
            Words = words,
        };
    }

    /// <summary>A palette's name has no colon.</summary>
    public static bool IsAddress(string word) =>
        !word.StartsWith('-') && word.Contains(':', StringComparison.Ordinal);

    private static OutputForm OutputOf(string text) => text switch
    {
        "table" => OutputForm.Table,
        "json" => OutputForm.Json,
        "" => throw PbmException.Usage("--output needs a value: table or json."),
        _ => throw PbmException.Usage($"There is no output '{text}'; write table or json."),
    };
}

internal enum OutputForm
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>The server's document, on one line.</summary>
    Json,
}
