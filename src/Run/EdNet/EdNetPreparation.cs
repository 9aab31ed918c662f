using System.Runtime.ExceptionServices;
using Millrace.Run.Events;

namespace Millrace.Run.EdNet;

/// <summary>
/// Makes a folder on which the jobs run: <c>events/</c> with a folder per topic, and <c>tables.db</c>.
/// </summary>
internal static class EdNetPreparation
{
    /// <summary>Replaces events and tables in a folder by EdNet's, or by none if that fails.</summary>
    /// <param name="edNetFolder">Holds the two files of the sample.</param>
    /// <param name="eventFiles">Other events to take instead of EdNet's; null for EdNet's.</param>
    /// <exception cref="BadInputException">
    /// The sample or an event file has a line that cannot be used.
    /// </exception>
    public static void Write(
        string folder, string edNetFolder, string ddlFolder, int copyCount, IReadOnlyList<string>? eventFiles)
    {
        using PreparedFolder prepared = new(folder);
        LearningHistory history = new(EdNetFiles.Read(edNetFolder));
        List<Action> parts = [() => DimensionTables.Write(prepared.Tables, ddlFolder, history, copyCount)];
        if (eventFiles is null)
        {
            parts.Insert(0, () => new EventWriter(history, copyCount).WriteAnswers(prepared.Events));
            parts.Add(() => new EventWriter(history, copyCount).WriteWrongbook(prepared.Events));
            parts.Add(() => new EventWriter(history, copyCount).WriteLogins(prepared.Events));
        }
        else
        {
            parts.Add(() => EventDistribution.Write(prepared.Events, eventFiles));
        }
        RunAll(parts);
        prepared.Publish();
    }

    private static void RunAll(List<Action> parts)
    {
        try
        {
            Parallel.Invoke([.. parts]);
        }
        catch (AggregateException several)
        {
            Exception cause = several.InnerExceptions.FirstOrDefault(e => e is BadInputException)
                ?? several.InnerExceptions[0];
            ExceptionDispatchInfo.Throw(cause);
        }
    }
}
