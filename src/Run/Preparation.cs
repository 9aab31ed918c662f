using Millrace.Run.CommandLine;
using Millrace.Run.EdNet;
using Millrace.Run.Events;
using Millrace.Run.Jobs;

namespace Millrace.Run;

/// <summary>Makes the events and tables of a run where they are not there yet.</summary>
internal static class Preparation
{
    /// <summary>Makes them anew, whatever is there.</summary>
    public static PreparationRecord? Renew(string folder, RunOptions options)
    {
        Directory.CreateDirectory(folder);
        PreparationRecord.Remove(folder);
        string source = PreparationRecord.SourceName(options.Repeat, options.Events);
        EdNetPreparation.Write(
            folder, RepositoryFiles.EdNet, RepositoryFiles.SqliteDdl, options.Repeat, options.Events);
        PreparationRecord.Write(folder, source);
        return PreparationRecord.Read(folder);
    }

    /// <summary>
    /// Takes the folder of <c>--from</c> as it is, and the folder of
    /// <c>--out</c> if it was made from the same.
    /// </summary>
    public static PreparationRecord? Ensure(RunOptions options, Action announce)
    {
        if (options.From is { } from)
            return PreparationRecord.Read(from);
        if (options.Variables.ContainsKey("events") && options.Variables.ContainsKey("tables"))
            return null;
        PreparationRecord? record = PreparationRecord.Read(options.Out);
        if (record is not null
            && record.Source == PreparationRecord.SourceName(options.Repeat, options.Events)
            && record.Holds(options.Out))
        {
            return record;
        }
        announce();
        return Renew(options.Out, options);
    }
}
