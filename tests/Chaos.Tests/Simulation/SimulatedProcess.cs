namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// A JobManager or TaskManager: all actors whose name begins with its own, and what its threads do. When it
/// is killed nothing of it happens any more; while it is paused everything waits.
/// </summary>
internal sealed class SimulatedProcess(string name)
{
    private readonly Queue<Action> _waiting = new();

    public string Name { get; } = name;

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    /// <summary>host:port.</summary>
    public string Node => $"{Name}:1";

    /// <summary>Does it now, after the pause, or never.</summary>
    public void Do(Action act)
    {
        if (!IsAlive) return;
        if (IsPaused) _waiting.Enqueue(act);
        else act();
    }

    public void Kill()
    {
        IsAlive = false;
        _waiting.Clear();
    }

    public void Pause() => IsPaused = IsAlive;

    public void Resume()
    {
        IsPaused = false;
        while (!IsPaused && _waiting.TryDequeue(out Action? act)) Do(act);
    }

    public override string ToString() => Name;
}
