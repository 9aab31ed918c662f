using System.Net.Sockets;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Millrace.Shared.Configuration;
using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using Millrace.Shared.Membership;

namespace Millrace.Shared.Processes;

/// <summary>
/// The life of a node's process, the same for both roles: read the configuration, host the actor system,
/// say in
/// <c>process.json</c> how far it is, stop orderly on SIGTERM and SIGINT, and end with an <see
/// cref="ExitCode"/>.
/// </summary>
public sealed class NodeProgram(NodeDefinition definition)
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <returns>The exit code of the process.</returns>
    public async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help=markdown"])
        {
            Console.Write(ConfigHelp.Markdown(definition.Keys));
            return ExitCode.Orderly;
        }
        if (arguments.Contains("--version"))
        {
            Console.WriteLine(ProgramVersion.Text);
            return ExitCode.Orderly;
        }
        if (arguments.Any(a => a is "--help" or "-h"))
        {
            Console.Write(ConfigHelp.Text(definition.Name, definition.Purpose, definition.Keys));
            return ExitCode.Orderly;
        }
        try
        {
            ConfigValues values = new ConfigSources(definition.Name, definition.Keys)
                .Read(arguments, Environment.GetEnvironmentVariables());
            return await RunAsync(values).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"{definition.Name}: {Sentence(e)}").ConfigureAwait(false);
            return Known(e) is { Kind: ErrorKind.Unavailable } ? ExitCode.Unavailable : ExitCode.Refused;
        }
    }

    private async Task<int> RunAsync(ConfigValues values)
    {
        using ILoggerFactory logs = NodeLog.NewFactory(values);
        NodeParts parts = definition.Build(values, logs);
        string folder = NodeKeys.Folder(values, definition.Name);
        NodeEnd? end = null;
        Action stop = () => { };
        parts = parts with
        {
            Node = parts.Node with
            {
                Ended = e =>
                {
                    end ??= e;
                    stop();
                },
            },
        };
        Action<bool, string, IReadOnlyDictionary<string, int>> tell = NewRecord(folder);
        tell(false, "", new Dictionary<string, int>());
        IHost host = NewHost(values, parts, logs);
        stop = host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication;
        try
        {
            // Here it fails without being logged at length.
            _ = host.Services.GetRequiredService<ActorSystem>();
            await host.StartAsync().ConfigureAwait(false);
            await BecomeReadyAsync(host, values, parts, tell).ConfigureAwait(false);
            await host.WaitForShutdownAsync().ConfigureAwait(false);
        }
        catch
        {
            await StopFailedAsync(host).ConfigureAwait(false);
            throw;
        }
        finally
        {
            host.Dispose();
            await parts.DisposeAsync().ConfigureAwait(false);
            File.Delete(Path.Combine(folder, ProcessRecord.FileName));
        }
        if (end is { Sentence.Length: > 0 })
            await Console.Error.WriteLineAsync($"{definition.Name}: {end.Sentence}").ConfigureAwait(false);
        if (end is null or { Reason: NodeEndReason.Left }) NodeLog.Stopped(logs, definition.Name);
        return end?.ExitCode ?? ExitCode.Orderly;
    }

    /// <summary>One that has not come up may have nothing to stop; what it failed of is told.</summary>
    private static async Task StopFailedAsync(IHost host)
    {
        try
        {
            await host.StopAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The first failure goes on.
        }
    }

    private async Task BecomeReadyAsync(
        IHost host, ConfigValues values, NodeParts parts,
        Action<bool, string, IReadOnlyDictionary<string, int>> tell)
    {
        ActorSystem system = host.Services.GetRequiredService<ActorSystem>();
        ILogger log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(definition.Name);
        CancellationToken stopping =
            host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        Address self = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        var ports = new Dictionary<string, int>
        {
            ["remoting"] = self.Port!.Value,
        };
        foreach ((string purpose, int port) in parts.OpenPorts(system)) ports[purpose] = port;
        tell(false, self.Host, ports);
        NodeLog.Starts(log, definition.Name, NodeSetup.NodeName(system), values);
        try
        {
            await parts.Ready(system, stopping).ConfigureAwait(false);
            tell(true, self.Host, ports);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to stop before it was ready.
        }
    }

    private static IHost NewHost(ConfigValues values, NodeParts parts, ILoggerFactory logs)
    {
        HostApplicationBuilder builder =
            Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddAkka(NodeOptions.SystemName, akka =>
        {
            akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.ClearLoggers();
                loggers.AddLogger<NodeEventLogger>();
                loggers.LogLevel = NodeLog.AkkaLevel(values);
            });
            akka.WithMillraceNode(parts.Node);
            parts.AddRole(akka);
        });
        return builder.Build();
    }

    private Action<bool, string, IReadOnlyDictionary<string, int>> NewRecord(string folder)
    {
        int pid = Environment.ProcessId;
        long startTicks = ProcessIdentity.Of(pid)?.StartTicks ?? 0;
        return (isReady, host, ports) =>
            new ProcessRecord(definition.Name, pid, startTicks, isReady, host, ports).Write(folder);
    }

    /// <summary>What the user can do something about is one sentence; a bug shows where it is.</summary>
    private static string Sentence(Exception e)
    {
        if (Known(e) is { } known) return known.Message;
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return "A port is in use already; set node.port (remoting) to another one, or to 0 for any.";
            if (cause is SocketException
                {
                    SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain,
                })
                return "The name in node.host is not known; set it to an address that this machine has.";
            if (cause is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                return "This machine does not have the address of node.host; set it to one that it has.";
        }
        return e is IOException or UnauthorizedAccessException ? e.Message : e.ToString();
    }

    private static MillraceException? Known(Exception? e) => e switch
    {
        null => null,
        MillraceException { Kind: not ErrorKind.Bug } known => known,
        _ => Known(e.InnerException),
    };
}
