namespace Millrace.Run.EdNet;

/// <param name="Id">As in the file, <c>q…</c>.</param>
/// <param name="CorrectAnswer">The letter of the right choice.</param>
/// <param name="Part">
/// The part of the test, 1 to 7: subject and chapter of the specification's tables.
/// </param>
/// <param name="Tags">Knowledge points, at least one; the first is the pattern of a wrong answer.</param>
internal sealed record Question(string Id, string CorrectAnswer, int Part, int[] Tags);
