using System.Text.Json.Nodes;
using Millrace.CommandProtocol;

namespace Millrace.JobManager.Commands;

/// <summary>One command: what a client is told of it, and what it does.</summary>
/// <param name="Run">Ends when the call is canceled; what it has passed on to the cluster stays.</param>
internal sealed record Command(
    CommandDescription Description, Func<CommandCall, CancellationToken, Task<Result>> Run)
{
    /// <summary>A command that ends with a document.</summary>
    public static Command Of(
        CommandDescription description, Func<CommandCall, CancellationToken, Task<JsonNode?>> run) =>
        new(description, async (call, cancel) => new Result(await run(call, cancel).ConfigureAwait(false)));
}

/// <summary>Commands of one subject.</summary>
internal sealed record Palette(string Name, string Help, IReadOnlyList<Command> Commands)
{
    public PaletteDescription Description => new(Name, Help, [.. Commands.Select(c => c.Description)]);
}
