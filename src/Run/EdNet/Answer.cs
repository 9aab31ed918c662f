namespace Millrace.Run.EdNet;

/// <param name="User">Index into <see cref="EdNetFiles.Users"/>.</param>
/// <param name="Question">Index into <see cref="EdNetFiles.Questions"/>.</param>
/// <param name="ShownAt">When the question was shown, ms since the epoch.</param>
/// <param name="Elapsed">From then to the answer, ms.</param>
/// <param name="Given">The learner's choice; empty where there was none.</param>
internal readonly record struct Answer(int User, int Question, long ShownAt, long Elapsed, string Given)
{
    public long SubmittedAt => ShownAt + Elapsed;
}
