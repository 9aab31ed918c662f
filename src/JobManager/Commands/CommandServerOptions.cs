using Millrace.CommandProtocol;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Commands;

/// <summary>Where a JobManager takes commands, and what it lets a client do to it.</summary>
public sealed record CommandServerOptions
{
    /// <summary>Loopback unless configured: whoever reaches the port commands the cluster.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0: any free port.</summary>
    public int Port { get; init; } = Protocol.DefaultPort;

    /// <summary>Told to clients.</summary>
    public string ClusterName { get; init; } = "millrace";

    /// <summary>The next one is told so and closed.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>The job file and all that it names, together.</summary>
    public int MaxFileBytes { get; init; } = 16 << 20;

    /// <summary>From the connection to the hello.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a frame to come or to go.</summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A shell that is forgotten; it connects again when it is used.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>For an answer of the leader; counted anew whenever the leader changes.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <exception cref="MillraceException">Invalid, naming the option.</exception>
    public void Validate()
    {
        if (Port is < 0 or > ushort.MaxValue)
            throw new MillraceException(ErrorKind.Invalid, $"The command port {Port} is not in 0..65535.");
        if (MaxConnections < 1)
            throw new MillraceException(ErrorKind.Invalid, "A command port needs at least one connection.");
    }
}
