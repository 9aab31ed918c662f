namespace Millrace.JobManager.Tests.Fakes;

/// <summary>Of the actor systems of tests with probes.</summary>
internal static class ActorTestConfig
{
    /// <summary>Silent, and patient with a machine that has much else to do.</summary>
    public const string Quiet = """
        akka.stdout-loglevel = off
        akka.loglevel = off
        akka.test.single-expect-default = 30s
        """;

    /// <summary>On a clock that the test moves, with a journal in memory.</summary>
    public const string WithClock = $"""
        {Quiet}
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.persistence.journal.plugin = akka.persistence.journal.inmem
        akka.persistence.snapshot-store.plugin = akka.persistence.snapshot-store.inmem
        """;
}
