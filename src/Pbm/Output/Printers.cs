using Millrace.CommandProtocol;
using Millrace.Pbm.Connection;
using Spectre.Console;

namespace Millrace.Pbm.Output;

/// <summary>Shows what one command says, in the form that the user wants.</summary>
internal interface IPrinter : IAnswers
{
    /// <summary>Runs the command with its observations shown, then shows its document.</summary>
    Task<Result> PrintAsync(Func<IAnswers, Task<Result>> run);
}

/// <summary>The server's documents, a line each; messages go to stderr.</summary>
internal sealed class JsonPrinter(PbmConsole console) : IPrinter
{
    public async Task<Result> PrintAsync(Func<IAnswers, Task<Result>> run)
    {
        Result result = await run(this).ConfigureAwait(false);
        if (result.Data is not null) console.WriteLine(FrameCodec.ToText(result.Data));
        return result;
    }

    public void Say(string text) => console.Error.WriteLine(text);

    public void Show(View view) => console.WriteLine(FrameCodec.ToText(view.Data));
}

/// <summary>Tables; an observation is a line.</summary>
internal sealed class TablePrinter(PbmConsole console, CommandDescription command) : IPrinter
{
    private readonly DocumentView _document = new(!console.IsTerminal);

    public async Task<Result> PrintAsync(Func<IAnswers, Task<Result>> run)
    {
        Result result = await run(this).ConfigureAwait(false);
        if (result.Data is not null) console.Write(_document.Render(command, result.Data));
        return result;
    }

    public void Say(string text) => console.Error.WriteLine(text);

    public void Show(View view) => console.WriteLine(
        command.Line.Length > 0 ? LineTemplate.Fill(command.Line, view.Data) : FrameCodec.ToText(view.Data));
}

/// <summary>A view in place that changes, for a terminal; the last document stays.</summary>
internal sealed class LivePrinter(PbmConsole console, CommandDescription command) : IPrinter
{
    private readonly DocumentView _document = new(isPlain: false);
    private LiveDisplayContext? _live;

    public async Task<Result> PrintAsync(Func<IAnswers, Task<Result>> run)
    {
        Result? result = null;
        await console.Out.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Ellipsis)
            .StartAsync(async live =>
            {
                _live = live;
                result = await run(this).ConfigureAwait(false);
            }).ConfigureAwait(false);
        if (result?.Data is not null) console.Write(_document.Render(command, result.Data));
        return result!;
    }

    public void Say(string text) => console.Out.WriteLine(text);

    public void Show(View view) => _live?.UpdateTarget(_document.Render(command, view.Data));
}
