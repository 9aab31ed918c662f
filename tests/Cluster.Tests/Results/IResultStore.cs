using Millrace.Run.Jobs;

namespace Millrace.Cluster.Tests.Results;

/// <summary>The database that the jobs of a test write into, as the test reads and locks it.</summary>
internal interface IResultStore : IDisposable
{
    /// <summary>The database's name, for figures.</summary>
    string Kind { get; }

    /// <summary>What the jobs' variable <c>out</c> stands for.</summary>
    string Out { get; }

    /// <summary>What the jobs' variable <c>tables</c> stands for.</summary>
    /// <param name="file">The SQLite file of the dimension tables; a server gets a copy of them.</param>
    string Tables(string file);

    /// <summary>The job's file: the repository's, or one that differs in URLs only.</summary>
    string JobFile(CatalogJob job);

    /// <summary>Whether a sink has made the table.</summary>
    bool Exists(string table);

    long Count(string table);

    /// <summary>In the form of the reference model.</summary>
    List<string> Rows(string table);

    /// <summary>Takes the lock that every flush needs, until it is disposed.</summary>
    /// <returns>Null where others have it.</returns>
    IDisposable? TryLock();

    /// <summary>Those of some TaskManagers' pids that are in the middle of a flush at this moment.</summary>
    IReadOnlyList<int> Flushing(IReadOnlyList<int> pids);
}
