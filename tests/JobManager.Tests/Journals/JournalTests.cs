using Akka.Actor;
using Akka.Hosting;
using Millrace.JobManager.Hosting;
using Millrace.JobManager.Tests.Membership;
using Xunit;

namespace Millrace.JobManager.Tests.Journals;

/// <summary>
/// What a journal promises to leaders and JobMasters, in a file and on a server. The writers are in systems
/// of their own, as JobManagers that do not see each other.
/// </summary>
public sealed class JournalTests : IDisposable
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-test-");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public Task What_was_stored_comes_back() => ComesBackAsync(File);

    [Fact]
    public void A_journal_s_file_is_read_by_its_user_alone()
    {
        if (OperatingSystem.IsWindows()) return; // It has no such modes.
        Journal.Prepare(File);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(File.DatabaseFile)!))
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
    }

    [MySqlFact]
    public Task What_was_stored_on_a_server_comes_back() => OnServerAsync("stored", ComesBackAsync);

    [Fact]
    public Task Of_two_writers_the_second_stops() => StopsAsync(File, rowCount: 1);

    [MySqlFact]
    public Task Of_two_writers_on_a_server_the_second_stops() =>
        OnServerAsync("second", options => StopsAsync(options, rowCount: 1));

    [MySqlFact]
    public Task Of_two_writers_of_many_events_at_once_on_a_server_the_second_stops() =>
        OnServerAsync("many", options => StopsAsync(options, rowCount: 300));

    [Fact]
    public Task A_writer_that_is_behind_what_others_have_removed_stops() => StopsBehindAsync(File);

    [MySqlFact]
    public Task A_writer_that_is_behind_what_others_have_removed_from_a_server_stops() =>
        OnServerAsync("behind", StopsBehindAsync);

    [Fact]
    public Task What_writers_have_stored_by_turns_comes_back() => ByTurnsComesBackAsync(File);

    [MySqlFact]
    public Task What_writers_have_stored_by_turns_on_a_server_comes_back() =>
        OnServerAsync("turns", ByTurnsComesBackAsync);

    private static async Task ByTurnsComesBackAsync(JobManagerOptions options)
    {
        await using TestNode first = await StartAsync(options);
        await StoreAsync(Keeper(first), 1);
        await using TestNode second = await StartAsync(options);
        await StoreAsync(Keeper(second), 2);
        await AssertStopsAsync(Keeper(first), 1000);
        // As a leader that begins again after a conflict, and goes on as the only one.
        await StoreAsync(first.System.ActorOf(Props.Create(() => new EventKeeper())), 3, 4);
        await using TestNode third = await StartAsync(options);
        AssertHas(await LookAsync(Keeper(third)), 1, 2, 3, 4);
    }

    private static async Task ComesBackAsync(JobManagerOptions options)
    {
        await using (TestNode node = await StartAsync(options))
        {
            await StoreAsync(Keeper(node), 1, 2, 3);
            await Keeper(node).Ask<long[]>(new EventKeeper.Shorten(), AskTimeout);
            await StoreAsync(Keeper(node), 4, 5);
        }
        await using TestNode again = await StartAsync(options);
        AssertHas(await LookAsync(Keeper(again)), 3, 4, 5);
    }

    private static async Task StopsAsync(JobManagerOptions options, int rowCount)
    {
        await using TestNode first = await StartAsync(options);
        await using TestNode second = await StartAsync(options);
        Assert.Empty(await LookAsync(Keeper(first)));
        Assert.Empty(await LookAsync(Keeper(second)));
        long[] stored = [.. Enumerable.Range(1, rowCount).Select(i => (long)i)];
        await StoreAsync(Keeper(first), stored);
        await AssertStopsAsync(Keeper(second), [.. stored.Select(t => t + 1000)]);
        await using TestNode third = await StartAsync(options);
        AssertHas(await LookAsync(Keeper(third)), stored);
    }

    private static async Task StopsBehindAsync(JobManagerOptions options)
    {
        await using TestNode paused = await StartAsync(options);
        await StoreAsync(Keeper(paused), 1);
        await using TestNode successor = await StartAsync(options);
        await StoreAsync(Keeper(successor), 2, 3, 4, 5);
        await Keeper(successor).Ask<long[]>(new EventKeeper.Shorten(), AskTimeout);
        await AssertStopsAsync(Keeper(paused), 1000);
        await StoreAsync(Keeper(successor), 6);
        await using TestNode third = await StartAsync(options);
        AssertHas(await LookAsync(Keeper(third)), 5, 6);
    }

    private static async Task AssertStopsAsync(IActorRef keeper, params long[] terms)
    {
        Task<bool> stopped = keeper.WatchAsync();
        Task<long[]> stored = keeper.Ask<long[]>(terms, AskTimeout);
        Assert.True(await Task.WhenAny(stopped, stored) == stopped, "It has stored what it may not.");
    }

    private static void AssertHas(long[] stored, params long[] expected) => Assert.Equal(expected, stored);

    private static Task<long[]> StoreAsync(IActorRef keeper, params long[] terms) =>
        keeper.Ask<long[]>(terms, AskTimeout);

    private static Task<long[]> LookAsync(IActorRef keeper) =>
        keeper.Ask<long[]>(new EventKeeper.Look(), AskTimeout);

    private static IActorRef Keeper(TestNode node) => ActorRegistry.For(node.System).Get<EventKeeper>();

    private JobManagerOptions File => new() { DataFolder = _folder.FullName };

    private async Task OnServerAsync(string purpose, Func<JobManagerOptions, Task> test)
    {
        using var database = new MySqlDatabase(purpose);
        await test(File with { MySqlJournal = database.ConnectionString() });
    }

    private static Task<TestNode> StartAsync(JobManagerOptions options) => TestNode.StartAsync(
        TestNode.JobManager(),
        akka => Journal.Prepare(options).AddTo(akka).WithActors((system, registry) =>
            registry.Register<EventKeeper>(system.ActorOf(Props.Create(() => new EventKeeper())))));
}
