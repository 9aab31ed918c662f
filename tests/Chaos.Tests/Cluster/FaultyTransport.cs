using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace Millrace.Chaos.Tests.Cluster;

/// <summary>
/// Named in the configuration of a node: puts <see cref="FaultyTransport"/> under its remoting.
/// </summary>
public sealed class FaultyTransportProvider : ITransportAdapterProvider
{
    /// <summary>With Akka's own adapters a connection that one side has given up stays half open.</summary>
    public static readonly string Hocon = $$"""
        akka.remote.adapters.faulty = "{{typeof(FaultyTransportProvider).FullName}},Millrace.Chaos.Tests"
        akka.remote.dot-netty.tcp.applied-adapters = ["faulty"]
        """;

    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) =>
        new FaultyTransport(wrappedTransport);
}

/// <summary>A transport that does to each payload what the link's <see cref="FaultyLink"/> says.</summary>
internal sealed class FaultyTransport : Transport
{
    private readonly Transport _inner;
    private int _port;

    public FaultyTransport(Transport inner)
    {
        _inner = inner;
        SchemeIdentifier = inner.SchemeIdentifier;
        MaximumPayloadBytes = inner.MaximumPayloadBytes;
    }

    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        (Address address, TaskCompletionSource<IAssociationEventListener> listener) = await _inner.Listen();
        _port = address.Port!.Value;
        FaultyLinks.Listens(_port);
        var outer = new TaskCompletionSource<IAssociationEventListener>();
        _ = outer.Task.ContinueWith(
            t => listener.SetResult(new Accepting(_port, t.Result)), TaskScheduler.Default);
        return (address, outer);
    }

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        AssociationHandle handle = await _inner.Associate(remoteAddress);
        FaultyLinks.Belongs(handle.LocalAddress.Port!.Value, _port);
        return new FaultyHandle(_port, handle);
    }

    public override bool IsResponsibleFor(Address remote) => _inner.IsResponsibleFor(remote);

    public override Task<bool> Shutdown() => _inner.Shutdown();

    private sealed class Accepting(int port, IAssociationEventListener outer) : IAssociationEventListener
    {
        public void Notify(IAssociationEvent associationEvent) => outer.Notify(
            associationEvent is InboundAssociation inbound
                ? new InboundAssociation(new FaultyHandle(port, inbound.Association))
                : associationEvent);
    }
}

internal sealed class FaultyHandle : AssociationHandle
{
    private readonly int _port;
    private readonly AssociationHandle _inner;
    private readonly Lock _lock = new();
    private Task _lastWrite = Task.CompletedTask;

    /// <param name="port">That this node listens on.</param>
    public FaultyHandle(int port, AssociationHandle inner) : base(inner.LocalAddress, inner.RemoteAddress)
    {
        _port = port;
        _inner = inner;
        _ = ReadHandlerSource.Task.ContinueWith(
            t => inner.ReadHandlerSource.SetResult(t.Result), TaskScheduler.Default);
    }

    public override bool Write(ByteString payload)
    {
        FaultyLink link = FaultyLinks.Of(_port, RemoteAddress.Port!.Value);
        if (link.Swallows(payload.Span)) return true;
        lock (_lock)
        {
            if (link.Delay == TimeSpan.Zero && _lastWrite.IsCompleted) return _inner.Write(payload);
            _lastWrite = WriteLaterAsync(_lastWrite, Task.Delay(link.Delay), payload);
            return true;
        }
    }

#pragma warning disable CS0672, CS0618 // The one that is not obsolete calls this one.
    public override void Disassociate() => _inner.Disassociate();
#pragma warning restore CS0672, CS0618

    private async Task WriteLaterAsync(Task before, Task delay, ByteString payload)
    {
        await before;
        await delay;
        _inner.Write(payload);
    }
}
