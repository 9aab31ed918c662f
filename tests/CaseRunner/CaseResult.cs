namespace Millrace.CaseRunner;

internal enum CaseStatus
{
    Passed,
    Failed,
    Unsupported,
}

/// <param name="Message">Empty where there is nothing to say.</param>
/// <param name="SameChangelog">Rule 3: the changelog lines are equal too, not only what they lead to.</param>
internal sealed record CaseResult(string Case, CaseStatus Status, string Message, bool SameChangelog = true);
