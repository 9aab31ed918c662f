using System.Text.Json;
using Millrace.Shared.Connect;
using Millrace.Shared.Errors;

namespace Millrace.Connectors.Files;

/// <summary>A whole file of a sink under its hidden name: the committable of files, as JSON.</summary>
/// <param name="Folder">Absolute: a job that starts from a savepoint may write to another folder.</param>
/// <param name="Hidden">Its name until it is committed.</param>
/// <param name="Visible">Its name from then on.</param>
internal sealed record FilePart(string Folder, string Hidden, string Visible)
{
    public const string Format = "file-part-1";

    public Committable ToCommittable() => new(Format, JsonSerializer.SerializeToUtf8Bytes(this));

    /// <exception cref="MillraceException">Corrupt: the bytes are something else.</exception>
    public static FilePart Of(Committable committable)
    {
        try
        {
            if (JsonSerializer.Deserialize<FilePart>(committable.Bytes.Span) is
                { Folder: not null, Hidden: not null, Visible: not null } part) return part;
        }
        catch (JsonException)
        {
        }
        throw new MillraceException(
            ErrorKind.Corrupt, $"A committable of the format '{Format}' does not name a file.");
    }
}
