using Millrace.CaseRunner;
using Xunit;

namespace Millrace.Cases.Tests;

/// <summary>
/// Every SQL case answered by Apache Flink, through the whole engine. Those in <c>unsupported.txt</c> may be
/// refused as not supported yet; none may give another answer.
/// </summary>
public sealed class SqlCasesTests
{
    private static readonly string _folder = FindFolder();

    private static readonly HashSet<string> _unsupported =
    [
        .. File.ReadLines(Path.Combine(_folder, "unsupported.txt")).Where(l => l.Length > 0 && l[0] != '#'),
    ];

    public static TheoryData<string> Cases => new(Directory
        .EnumerateFiles(_folder, "*.case", SearchOption.AllDirectories)
        .Select(f => Path.ChangeExtension(Path.GetRelativePath(_folder, f), null).Replace('\\', '/'))
        .Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_gives_what_Flink_gave_or_is_refused_as_listed(string name)
    {
        CaseResult result = Run(name, CaseMode.Straight);

        Assert.False(result.Status == CaseStatus.Failed, result.Message);
        if (result.Status == CaseStatus.Unsupported)
            Assert.True(_unsupported.Contains(name), $"This case was supported before: {result.Message}");
        else
            Assert.False(_unsupported.Contains(name),
                $"The case passes now: take {name} out of tests/cases/unsupported.txt.");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_gives_the_same_when_the_job_is_killed_and_restored_around_every_row(string name)
    {
        CaseResult result = Run(name, CaseMode.Restored);

        Assert.False(result.Status == CaseStatus.Failed, result.Message);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_case_gives_the_same_when_every_restore_changes_the_parallelism(string name)
    {
        CaseResult result = Run(name, CaseMode.Rescaled);

        Assert.False(result.Status == CaseStatus.Failed, result.Message);
    }

    [Fact]
    public void The_list_of_unsupported_cases_names_cases_only() =>
        Assert.All(_unsupported,
            name => Assert.True(File.Exists(Path.Combine(_folder, name + ".case")), name));

    private static CaseResult Run(string name, CaseMode mode) =>
        CaseRun.Run(Path.Combine(_folder, name + ".case"), mode);

    private static string FindFolder()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cluster.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "tests", "cases");
    }
}
