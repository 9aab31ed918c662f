namespace Millrace.Shared.Types;

/// <summary>What a row of a changelog does to the table it describes; values as in Flink's RowKind.</summary>
public enum ChangeKind : byte
{
    Insert = 0,
    UpdateBefore = 1,
    UpdateAfter = 2,
    Delete = 3,
}

public static class ChangeKinds
{
    /// <summary>True where the row is added (+I, +U), false where it is taken away (-U, -D).</summary>
    public static bool IsAddition(this ChangeKind kind) =>
        kind is ChangeKind.Insert or ChangeKind.UpdateAfter;

    /// <summary>Flink's short form: <c>+I</c>, <c>-U</c>, <c>+U</c>, <c>-D</c>.</summary>
    public static string ShortText(this ChangeKind kind) => kind switch
    {
        ChangeKind.Insert => "+I",
        ChangeKind.UpdateBefore => "-U",
        ChangeKind.UpdateAfter => "+U",
        _ => "-D",
    };
}
