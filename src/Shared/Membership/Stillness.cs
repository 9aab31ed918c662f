namespace Millrace.Shared.Membership;

/// <summary>
/// How long a node has had the same picture: time for one that was only short of processor time to be heard
/// again. Instants are of one monotonic clock.
/// </summary>
internal sealed class Stillness
{
    /// <summary>
    /// Longer between two looks means that this process stood still itself: what the others say may wait
    /// unread.
    /// </summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    private Picture? _picture;
    private TimeSpan _since;
    private TimeSpan _lastLook;

    /// <returns>Since when the picture is this one.</returns>
    public TimeSpan Of(Picture picture, TimeSpan now)
    {
        if (_picture is null || !_picture.IsSameAs(picture) || now - _lastLook > LongestGap) _since = now;
        (_picture, _lastLook) = (picture, now);
        return now - _since;
    }
}
