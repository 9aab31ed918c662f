using System.Text.Encodings.Web;
using System.Text.Json;

namespace Millrace.CaseRunner;

/// <summary>Results by folder for people, one by one for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public static void Print(IReadOnlyList<CaseResult> results, TextWriter output)
    {
        foreach (CaseResult failed in results.Where(r => r.Status == CaseStatus.Failed))
            output.WriteLine($"FAILED {failed.Case}: {failed.Message}");
        output.WriteLine($"{"folder",-16} {"passed",7} {"failed",7} {"unsupported",12}");
        foreach (IGrouping<string, CaseResult> folder in results.GroupBy(r => r.Case.Split('/')[0])
            .OrderBy(g => g.Key, StringComparer.Ordinal))
            output.WriteLine(Line(folder.Key, [.. folder]));
        output.WriteLine(Line("all", results));
        int other = results.Count(r => r is { Status: CaseStatus.Passed, SameChangelog: false });
        if (other > 0)
            output.WriteLine(
                $"{other} of those passed with another changelog than Flink's, and the same rows.");
    }

    public static string Json(IReadOnlyList<CaseResult> results) => JsonSerializer.Serialize(
        results.Select(r => new
        {
            @case = r.Case,
            status = r.Status.ToString().ToLowerInvariant(),
            message = r.Message,
        }),
        _options);

    private static string Line(string name, IReadOnlyList<CaseResult> results) =>
        $"{name,-16} {Count(results, CaseStatus.Passed),7} {Count(results, CaseStatus.Failed),7} "
        + $"{Count(results, CaseStatus.Unsupported),12}";

    private static int Count(IReadOnlyList<CaseResult> results, CaseStatus status) =>
        results.Count(r => r.Status == status);
}
