using Millrace.Shared.Types;

namespace Millrace.CaseRunner;

/// <summary>Rules 1 to 3 of tests/cases/README.md.</summary>
internal static class Comparison
{
    public static CaseResult Compare(CaseFile file, Schema schema, List<(ChangeKind Kind, string Row)> result)
    {
        CaseExpectation expected = file.Expectation;
        string columns = string.Join(", ", schema.Fields.Select(f => $"{f.Name} {f.Type}"));
        if (expected.Error is not null)
            return Failed($"gives rows, but Flink fails at {expected.FailsAt}: {expected.Error}");
        if (columns != expected.Columns)
            return Failed($"columns: {columns}\n    expected: {expected.Columns}");
        string[] changes = [.. expected.Changes.Select(
            c => $"{c.Kind.ShortText()} {RowText.Of(c.Json, schema)}").Order(StringComparer.Ordinal)];
        string[] given =
            [.. result.Select(c => $"{c.Kind.ShortText()} {c.Row}").Order(StringComparer.Ordinal)];
        bool sameChangelog = changes.SequenceEqual(given);
        if (sameChangelog) return new CaseResult(file.Name, CaseStatus.Passed, "");
        if (expected.Final is null && expected.Changes.TrueForAll(c => c.Kind == ChangeKind.Insert))
            return Failed(Difference(changes, given));
        (List<string> rows, string? wrong) = Apply(result);
        if (wrong is not null) return Failed($"the changelog takes away a row that is not there: {wrong}");
        string[] final =
            [.. (expected.Final ?? []).Select(r => RowText.Of(r, schema)).Order(StringComparer.Ordinal)];
        string[] left = [.. rows.Order(StringComparer.Ordinal)];
        return final.SequenceEqual(left)
            ? new CaseResult(
                file.Name, CaseStatus.Passed, "another changelog: " + Difference(changes, given), false)
            : Failed(Difference(final, left));

        CaseResult Failed(string message) => new(file.Name, CaseStatus.Failed, message);
    }

    /// <summary>The rows that remain, and the first row that was taken away without being there.</summary>
    private static (List<string> Rows, string? Wrong) Apply(List<(ChangeKind Kind, string Row)> changes)
    {
        List<string> rows = [];
        foreach ((ChangeKind kind, string row) in changes)
        {
            if (kind.IsAddition()) rows.Add(row);
            else if (!rows.Remove(row)) return (rows, row);
        }
        return (rows, null);
    }

    private static string Difference(string[] expected, string[] given)
    {
        List<string> missing = [.. expected];
        List<string> surplus = [];
        foreach (string line in given)
            if (!missing.Remove(line)) surplus.Add(line);
        return string.Join("", missing.Take(5).Select(m => $"\n    missing {m}"))
            + string.Join("", surplus.Take(5).Select(s => $"\n    surplus {s}"));
    }
}
