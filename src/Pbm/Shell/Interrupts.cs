namespace Millrace.Pbm.Shell;

/// <summary>Ctrl-C ends what is running, and only that; where nothing runs, the process.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationToken _outer;
    private CancellationTokenSource? _running;

    /// <param name="outer">Cancels what runs as well, whoever cancels it.</param>
    public Interrupts(CancellationToken outer = default)
    {
        _outer = outer;
        Console.CancelKeyPress += OnPressed;
    }

    /// <summary>Until the next call a Ctrl-C cancels this token.</summary>
    public CancellationToken Begin()
    {
        var next = CancellationTokenSource.CreateLinkedTokenSource(_outer);
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
