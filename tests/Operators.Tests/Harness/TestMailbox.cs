using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Millrace.Shared.Dataflow;

namespace Millrace.Operators.Tests.Harness;

/// <summary>A mailbox that the test empties itself; delays pass with the fake clock.</summary>
internal sealed class TestMailbox(FakeTimeProvider time) : IMailbox
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly BlockingCollection<Action> _actions = [];

    public void Post(Action action) => _actions.Add(action);

    public IDisposable Schedule(TimeSpan delay, Action action) =>
        time.CreateTimer(_ => Post(action), null, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Runs what has been posted so far.</summary>
    public void RunPosted()
    {
        while (_actions.TryTake(out Action? action)) action();
    }

    /// <summary>Runs actions as they come until the condition holds.</summary>
    public void RunUntil(Func<bool> condition)
    {
        while (!condition())
        {
            if (!_actions.TryTake(out Action? action, Patience))
                throw new TimeoutException("Nothing was posted any more.");
            action();
        }
    }
}
