namespace Millrace.JobManager;

/// <summary>A job's id: 32 lower-case hexadecimal digits, drawn when it is submitted.</summary>
public readonly record struct JobId(string Value)
{
    public override string ToString() => Value;
}
