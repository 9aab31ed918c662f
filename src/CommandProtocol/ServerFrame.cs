using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Millrace.CommandProtocol;

/// <summary>From a server to <c>pbm</c>; one member is set.</summary>
public sealed record ServerFrame
{
    public ServerHello? Hello { get; init; }

    public FileRequest? Read { get; init; }

    public Note? Note { get; init; }

    public View? View { get; init; }

    public Result? Result { get; init; }

    public Refusal? Refused { get; init; }

    public Completions? Completions { get; init; }
}

/// <param name="Server">Its version.</param>
/// <param name="Node">The answering node, for messages.</param>
public sealed record ServerHello(
    int Protocol, string Server, string Cluster, string Node, IReadOnlyList<PaletteDescription> Palettes);

/// <summary>The server wants to read a file where the client runs.</summary>
public sealed record FileRequest(string Path);

/// <summary>A sentence for the user beside the result.</summary>
public sealed record Note(string Text);

/// <summary>An observation of a live view, to be shown as the command's sections say.</summary>
public sealed record View(JsonNode? Data);

/// <param name="Data">The document; null where there is nothing to show.</param>
/// <param name="Failure">A sentence: the command was carried out and has ended badly.</param>
public sealed record Result(JsonNode? Data, string? Failure = null);

public sealed record Refusal(RefusalKind Kind, string Message);

public enum RefusalKind
{
    /// <summary>It cannot be done, here or elsewhere.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The command line is wrong.</summary>
    [JsonStringEnumMemberName("usage")]
    Usage,

    /// <summary>Not now and not here; another server may do better.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,
}

public sealed record Completions(IReadOnlyList<string> Values);
