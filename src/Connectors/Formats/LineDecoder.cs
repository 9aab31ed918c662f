using Millrace.Shared.Columns;

namespace Millrace.Connectors.Formats;

/// <summary>
/// Turns lines of text into columns. One decoder serves one thread and keeps the rows of the batch under way;
/// a line gives at most one row.
/// </summary>
internal abstract class LineDecoder
{
    /// <summary>Bytes after the data that must be readable, so that vector loads need no end check.</summary>
    public const int SlackBytes = 256;

    /// <summary>Rows of the batch under way.</summary>
    public int RowCount { get; protected set; }

    /// <summary>
    /// Lines left out because they could not be parsed (ignore-parse-errors), since the decoder was made.
    /// </summary>
    public long SkippedLineCount { get; protected set; }

    /// <summary>
    /// Decodes whole lines from the front, each ended by a line feed, until the batch holds
    /// <paramref name="maxRows"/> rows or no whole line is left.
    /// </summary>
    /// <param name="buffer">The data lies from <paramref name="start"/> to <paramref name="end"/>;
    /// <see cref="SlackBytes"/> more bytes of any content follow.</param>
    /// <exception cref="BadLineException">A line that the options do not let pass; the batch is
    /// void.</exception>
    public abstract DecodeStep Decode(byte[] buffer, int start, int end, int maxRows);

    /// <summary>
    /// The columns of the batch, one an output column of the scan with null in place of metadata columns; the
    /// caller owns them, and the next batch begins.
    /// </summary>
    public abstract Column?[] Build();
}

/// <param name="Bytes">Bytes of the lines taken, line feeds included.</param>
/// <param name="Lines">Lines taken, also those that gave no row.</param>
internal readonly record struct DecodeStep(int Bytes, int Lines);
