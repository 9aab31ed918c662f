using System.Reflection;
using Akka.Actor;
using Millrace.CommandProtocol;
using Millrace.JobManager.Commands.Palettes;
using Millrace.Shared.Hosting;

namespace Millrace.JobManager.Commands;

/// <summary>All that can be asked of this node, by name.</summary>
internal sealed class CommandPalettes(
    ServerHello hello, IReadOnlyList<Palette> palettes, Completion completion, int maxFileBytes)
{
    /// <summary>What a client is told first.</summary>
    public ServerHello Hello => hello;

    public static CommandPalettes Of(ActorSystem system, CommandServerOptions options)
    {
        var leader = new LeaderClient(system, options.AnswerTimeout, options.Time);
        var nodes = new ClusterNodes(system, options);
        IReadOnlyList<Palette> palettes =
        [
            JobPalette.Create(leader),
            ClusterPalette.Create(nodes, leader),
            TaskManagerPalette.Create(leader),
            ShardingPalette.Create(SlotRegion.Of(system), options.Time),
            ActorPalette.Create(nodes),
        ];
        var hello = new ServerHello(
            Protocol.Version, Version(), options.ClusterName, NodeSetup.NodeName(system),
            [.. palettes.Select(p => p.Description)]);
        return new CommandPalettes(hello, palettes, new Completion(leader, nodes), options.MaxFileBytes);
    }

    /// <exception cref="UsageException">There is no such command, or its arguments are wrong.</exception>
    public Task<Result> RunAsync(RunRequest request, IClientLink client, CancellationToken cancel)
    {
        Palette palette = palettes.FirstOrDefault(p => p.Name == request.Palette)
            ?? throw new UsageException($"There is no palette '{request.Palette}'.");
        Command command = palette.Commands.FirstOrDefault(c => c.Description.Name == request.Command)
            ?? throw new UsageException($"The palette {palette.Name} has no command '{request.Command}'.");
        CheckRequest(request);
        var arguments = new CommandArguments(command.Description, request.Arguments);
        return command.Run(new CommandCall(request, arguments, client, maxFileBytes), cancel);
    }

    public Task<IReadOnlyList<string>> CompleteAsync(CompleteRequest request, CancellationToken cancel) =>
        completion.ValuesAsync(request.Source, request.Prefix, cancel);

    private static void CheckRequest(RunRequest request)
    {
        if (request.Id.Length != Protocol.RequestIdDigits || !request.Id.All(char.IsAsciiHexDigitLower))
            throw new UsageException(
                $"A request's id is {Protocol.RequestIdDigits} lower-case hexadecimal digits.");
        if (!Path.IsPathFullyQualified(request.Folder))
            throw new UsageException($"The working folder '{request.Folder}' is not absolute.");
    }

    private static string Version() =>
        typeof(CommandPalettes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "";
}
