namespace Millrace.Processes;

/// <summary>What a process is.</summary>
public enum ProcessRole
{
    JobManager,
    TaskManager,
}

internal static class ProcessRoles
{
    /// <summary>As the command line, the status and file names write it.</summary>
    public static string Word(this ProcessRole role) =>
        role == ProcessRole.JobManager ? "jobmanager" : "taskmanager";

    public static string Assembly(this ProcessRole role) =>
        role == ProcessRole.JobManager ? "Millrace.JobManager.dll" : "Millrace.TaskManager.dll";

    /// <returns>Null where the word is none.</returns>
    public static ProcessRole? Parse(string word) => word switch
    {
        "jobmanager" => ProcessRole.JobManager,
        "taskmanager" => ProcessRole.TaskManager,
        _ => null,
    };
}
