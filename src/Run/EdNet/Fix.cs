namespace Millrace.Run.EdNet;

/// <param name="Row">The later answer.</param>
/// <param name="WrongId">Number of the collect that it follows, from 1.</param>
internal readonly record struct Fix(int Row, int WrongId);
