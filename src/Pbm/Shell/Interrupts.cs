namespace Millrace.Pbm.Shell;

/// <summary>Ctrl-C ends what is running, and only that; where nothing runs, the process.</summary>
internal sealed class Interrupts : IDisposable
{
    private CancellationTokenSource? _running;

    public Interrupts() => Console.CancelKeyPress += OnPressed;

    /// <summary>Until the next call a Ctrl-C cancels this token.</summary>
    public CancellationToken Begin()
    {
        var next = new CancellationTokenSource();
        Interlocked.Exchange(ref _running, next)?.Dispose();
        return next.Token;
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnPressed;
        Interlocked.Exchange(ref _running, null)?.Dispose();
    }

    private void OnPressed(object? sender, ConsoleCancelEventArgs pressed)
    {
        CancellationTokenSource? running = Volatile.Read(ref _running);
        // The second one ends the process.
        if (running is null or { IsCancellationRequested: true }) return;
        pressed.Cancel = true;
        running.Cancel();
    }
}
