using System.Text.Json.Nodes;
using Millrace.CommandProtocol;
using Millrace.Shared.Errors;

namespace Millrace.JobManager.Commands;

/// <summary>One run of a command, with its client at the other end.</summary>
internal sealed class CommandCall(
    RunRequest request, CommandArguments arguments, IClientLink client, int maxFileBytes)
{
    private const int MaxFiles = 16;

    private readonly Dictionary<string, string?> _files = new(StringComparer.Ordinal);
    private long _fileBytes;

    public CommandArguments Arguments => arguments;

    /// <summary>The same when the client sends the command again, whoever answers.</summary>
    public string Id => request.Id;

    /// <summary>It was sent before; what it asks for may have happened.</summary>
    public bool IsRepeated => request.Repeated;

    /// <summary>The client's working folder.</summary>
    public string Folder => request.Folder;

    public bool IsLive => request.Live;

    /// <summary>A path of the command line, absolute.</summary>
    public string Locate(string path) => Path.GetFullPath(path, Folder);

    public Task ShowAsync(JsonNode data, CancellationToken cancel) =>
        client.SendAsync(new ServerFrame { View = new View(data) }, cancel);

    public Task SayAsync(string text, CancellationToken cancel) =>
        client.SendAsync(new ServerFrame { Note = new Note(text) }, cancel);

    /// <summary>
    /// Calls a reader of files until all that it wants has come from the client: a file that is not here yet
    /// looks missing, and is fetched before the next call.
    /// </summary>
    public async Task<T> ReadFilesAsync<T>(Func<Func<string, string?>, T> read, CancellationToken cancel)
    {
        while (true)
        {
            string? wanted = null;
            string? Read(string path)
            {
                if (_files.TryGetValue(path, out string? text)) return text;
                wanted ??= path;
                return null;
            }
            try
            {
                T result = read(Read);
                if (wanted is null) return result;
            }
            catch (MillraceException) when (wanted is not null)
            {
                // It did not have what it wanted.
            }
            await FetchAsync(wanted, cancel).ConfigureAwait(false);
        }
    }

    private async Task FetchAsync(string path, CancellationToken cancel)
    {
        if (_files.Count == MaxFiles)
            throw new MillraceException(
                ErrorKind.Invalid, $"The job is made of more than {MaxFiles} files; {path} is one too many.");
        FileContent file = await client.ReadFileAsync(path, cancel).ConfigureAwait(false);
        if (file.Text is null && file.Problem != FileContent.Missing)
            throw new MillraceException(ErrorKind.Invalid, $"{path}: {file.Problem}");
        _fileBytes += file.Text?.Length ?? 0;
        if (_fileBytes > maxFileBytes)
            throw new MillraceException(
                ErrorKind.Invalid, $"The job's files are larger than {maxFileBytes >> 20} MB together.");
        _files[path] = file.Text;
    }
}

/// <summary>The client at the other end of a call.</summary>
internal interface IClientLink
{
    Task SendAsync(ServerFrame frame, CancellationToken cancel);

    /// <summary>A file where the client runs.</summary>
    Task<FileContent> ReadFileAsync(string path, CancellationToken cancel);
}
