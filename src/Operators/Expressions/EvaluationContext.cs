namespace Millrace.Operators.Expressions;

/// <summary>
/// What expressions may know beside their input: the clock and the session time zone. Immutable.
/// </summary>
public sealed class EvaluationContext
{
    /// <param name="time">The clock behind CURRENT_TIMESTAMP and its kin.</param>
    /// <param name="timeZone">
    /// The session time zone: an IANA name, UTC, GMT+8 or an offset like +08:00.
    /// </param>
    /// <exception cref="Shared.Errors.MillraceException">Invalid: there is no such time zone.</exception>
    public EvaluationContext(TimeProvider time, string timeZone = "UTC")
    {
        Time = time;
        Zone = Functions.Temporal.Zone.Find(timeZone);
    }

    public TimeProvider Time { get; }

    internal Functions.Temporal.Zone Zone { get; }
}
