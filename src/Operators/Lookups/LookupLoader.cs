using System.Globalization;
using Millrace.Shared.Connect;
using Millrace.Shared.Dataflow;
using Millrace.Shared.Errors;
using Millrace.Shared.Metrics;

namespace Millrace.Operators.Lookups;

/// <summary>
/// Asks the dimension table and brings each answer, or the failure, back to the subtask's thread by the
/// mailbox.
/// </summary>
internal sealed class LookupLoader : IDisposable
{
    private readonly ILookup _lookup;
    private readonly LookupJoinPlan _plan;
    private readonly OperatorContext _context;
    private readonly Action<LookupRequest, LookupResult> _onAnswer;
    private readonly CancellationTokenSource _cancel = new();
    private readonly Counter _loads;
    private readonly Counter _failures;
    private double _latestLoadMs;

    /// <param name="onAnswer">Called on the subtask's thread; owns the result from then on.</param>
    public LookupLoader(
        ILookup lookup, LookupJoinPlan plan, OperatorContext context,
        Action<LookupRequest, LookupResult> onAnswer)
    {
        _lookup = lookup;
        _plan = plan;
        _context = context;
        _onAnswer = onAnswer;
        _loads = context.Metrics.Counter("loadCount");
        _failures = context.Metrics.Counter("numLoadFailures");
        context.Metrics.Gauge("latestLoadTime", () => Volatile.Read(ref _latestLoadMs));
    }

    public int MaxKeys => _lookup.MaxKeys;

    public void Start(LookupRequest request) => _ = AskAsync(request, _context.Time.GetTimestamp());

    public void Dispose()
    {
        _cancel.Cancel();
        _lookup.Dispose();
        _cancel.Dispose();
    }

    private async Task AskAsync(LookupRequest request, long started)
    {
        CancellationToken token = _cancel.Token;
        try
        {
            LookupResult result = await _lookup.LookupAsync(request.Keys, token)
                .WaitAsync(TimeSpan.FromMilliseconds(_plan.TimeoutMs), _context.Time, token);
            _context.Mailbox.Post(() => Answer(request, result, started));
        }
        catch (Exception e)
        {
            // A cancelled subtask has nobody left to tell.
            if (!token.IsCancellationRequested) _context.Mailbox.Post(() => Fail(request, e));
        }
    }

    private void Answer(LookupRequest request, LookupResult result, long started)
    {
        _loads.Add();
        Volatile.Write(ref _latestLoadMs, _context.Time.GetElapsedTime(started).TotalMilliseconds);
        _onAnswer(request, result);
    }

    private void Fail(LookupRequest request, Exception cause)
    {
        _failures.Add();
        throw cause switch
        {
            MillraceException e when e.Message.Contains(_plan.Table.Name, StringComparison.Ordinal) => e,
            MillraceException e => new MillraceException(
                e.Kind, $"The lookup in table '{_plan.Table.Name}' failed: {e.Message}", e),
            TimeoutException => new MillraceException(ErrorKind.Unavailable, string.Create(
                CultureInfo.InvariantCulture,
                $"Table '{_plan.Table.Name}' did not answer a lookup of {request.Keys.RowCount} keys within "
                + $"{_plan.TimeoutMs} ms.")),
            _ => new MillraceException(
                ErrorKind.Unavailable, $"The lookup in table '{_plan.Table.Name}' failed: {cause.Message}",
                cause),
        };
    }
}
