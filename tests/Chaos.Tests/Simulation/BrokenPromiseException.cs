namespace Millrace.Chaos.Tests.Simulation;

/// <summary>
/// What the product promises does not hold. Actors and threads of the product may catch it, so the
/// simulation, which runs on one thread, looks for the last one after each step.
/// </summary>
internal sealed class BrokenPromiseException : Exception
{
    [ThreadStatic]
    private static BrokenPromiseException? _last;

    public BrokenPromiseException(string message) : base(message) => _last = this;

    public static void Forget() => _last = null;

    public static void ThrowIfAny()
    {
        if (_last is { } broken) throw new InvalidOperationException(broken.Message, broken);
    }
}
