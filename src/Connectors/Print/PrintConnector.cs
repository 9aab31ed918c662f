using Millrace.Connectors.Options;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Print;

/// <summary>
/// The connector <c>print</c>: a sink that writes each row to the terminal, as <c>+I[1, a]</c>.
/// </summary>
public sealed class PrintConnector : IConnector
{
    private readonly TextWriter _out;
    private readonly TextWriter _error;

    public PrintConnector() : this(Console.Out, Console.Error)
    {
    }

    internal PrintConnector(TextWriter output, TextWriter error)
    {
        _out = TextWriter.Synchronized(output);
        _error = TextWriter.Synchronized(error);
    }

    public string Name => "print";

    public TableAbilities Check(TableSpec table)
    {
        var options = new OptionReader(table);
        options.Text("print-identifier");
        options.Boolean("standard-error", false);
        options.End();
        return new TableAbilities(CanSink: true, AcceptsUpdates: true);
    }

    public ISinkWriter OpenSink(TableSpec table, ConnectorContext context)
    {
        var options = new OptionReader(table);
        bool toError = options.Boolean("standard-error", false);
        string identifier = options.Text("print-identifier", "");
        return new PrintSinkWriter(table, Prefix(identifier, context), toError ? _error : _out);
    }

    public ISourceConnector OpenSource(TableSpec table, ScanSpec scan, ConnectorContext context) =>
        throw OnlySink(table);

    public ILookup OpenLookup(TableSpec table, LookupSpec lookup, ConnectorContext context) =>
        throw OnlySink(table);

    /// <summary>
    /// <c>identifier:subtask> </c>, without what there is no need for; subtasks count from 1.
    /// </summary>
    private static string Prefix(string identifier, ConnectorContext context)
    {
        string subtask = context.Parallelism > 1 ? $"{context.SubtaskIndex + 1}" : "";
        string both = identifier.Length > 0 && subtask.Length > 0 ? $"{identifier}:{subtask}"
            : identifier + subtask;
        return both.Length > 0 ? both + "> " : "";
    }

    private static MillraceException OnlySink(TableSpec table) =>
        new(ErrorKind.Invalid, $"Table '{table.Name}' of the connector 'print' can only be written.");
}
