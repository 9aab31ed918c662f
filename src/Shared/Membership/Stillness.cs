using System.Collections.Immutable;

namespace Millrace.Shared.Membership;

/// <summary>
/// How long a node has come to the same decision: time for one that was only short of processor time to be
/// heard again. Instants are of one monotonic clock.
/// </summary>
/// <remarks>
/// Not how long its picture was the same: the accusations of a process that is short of time lapse and come
/// back, and would hold up what all others agree on.
/// </remarks>
internal sealed class Stillness
{
    /// <summary>
    /// Longer between two looks means that this process stood still itself: what the others say may wait
    /// unread.
    /// </summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(1);

    private ImmutableArray<Peer> _members = [];
    private ImmutableHashSet<string> _silent = [];
    private ImmutableHashSet<string> _gone = [];
    private TimeSpan _since;
    private TimeSpan _lastLook;

    /// <param name="gone">Who goes by this picture.</param>
    /// <returns>For how long the same ones have had to go.</returns>
    public TimeSpan Of(Picture picture, ImmutableHashSet<string> gone, TimeSpan now)
    {
        bool isSame = picture.Members.SequenceEqual(_members)
            && picture.Silent.SetEquals(_silent)
            && gone.SetEquals(_gone);
        if (!isSame || now - _lastLook > LongestGap) _since = now;
        (_members, _silent, _gone, _lastLook) = (picture.Members, picture.Silent, gone, now);
        return now - _since;
    }
}
