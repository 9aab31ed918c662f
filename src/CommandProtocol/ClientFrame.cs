namespace Millrace.CommandProtocol;

/// <summary>From <c>pbm</c> to a server; one member is set.</summary>
public sealed record ClientFrame
{
    public ClientHello? Hello { get; init; }

    public RunRequest? Run { get; init; }

    public FileContent? File { get; init; }

    public CompleteRequest? Complete { get; init; }

    public StopRequest? Stop { get; init; }
}

/// <param name="Client">Its version, for the server's log.</param>
public sealed record ClientHello(int Protocol, string Client);

/// <param name="Id">Drawn once a command line; the same when the command is sent again.</param>
/// <param name="Repeated">It was sent before, perhaps to another server, and its answer was lost.</param>
/// <param name="Folder">The client's working folder, absolute.</param>
/// <param name="Live">The client can show a view that changes; else it wants a line for each change.</param>
/// <param name="Arguments">By name without dashes; a flag that is set is <c>["true"]</c>.</param>
public sealed record RunRequest(
    string Palette,
    string Command,
    string Id,
    bool Repeated,
    string Folder,
    bool Live,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Arguments);

/// <param name="Text">Null when it cannot be read.</param>
/// <param name="Problem">Why not: <c>missing</c>, or a sentence.</param>
public sealed record FileContent(string Path, string? Text, string? Problem)
{
    public const string Missing = "missing";
}

/// <param name="Source">What a parameter says of its completion.</param>
public sealed record CompleteRequest(string Source, string Prefix);

public sealed record StopRequest;
