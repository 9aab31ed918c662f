using Akka.Actor;
using Akka.Remote;

namespace Millrace.Shared.Membership;

/// <summary>
/// When the connection by which a node asks to join is given up. Remoting can hold one back for ever: when both
/// sides called at the same moment, or when it was made to a process that stood still, which finds it dead when
/// it goes on and keeps its end of it for its answers. So the one that asks hangs up after so many questions
/// without an answer, and where the next connection brings none either, the one that is asked does so too. They
/// take turns: a question on the connection after that finds both ends new.
/// </summary>
internal static class JoinConnection
{
    private const int Questions = 2;

    /// <summary>The one that asks hangs up after its last question.</summary>
    /// <param name="silences">Questions in a row without an answer, the last one counted.</param>
    public static bool IsUsedUp(int silences) => silences % Questions == 0;

    /// <summary>The first one is used up: what the log says once.</summary>
    public static bool IsFirstUsedUp(int silences) => silences == Questions;

    /// <summary>The one that is asked hangs up: a new connection alone has not helped.</summary>
    /// <param name="silences">Questions in a row without an answer before this one.</param>
    public static bool IsHeldBackHere(int silences) => silences / Questions % 2 == 1;

    /// <summary>Whatever is said next to the address goes by a new connection.</summary>
    public static void HangUp(ActorSystem system, Address node) =>
        ((IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Quarantine(node, null);
}
