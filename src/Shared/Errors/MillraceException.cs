namespace Millrace.Shared.Errors;

/// <summary>What the receiver of a failure does about it.</summary>
public enum ErrorKind
{
    /// <summary>
    /// The input, text or data, is wrong and would be wrong again: tell the user, never restart.
    /// </summary>
    Invalid,

    /// <summary>Something outside does not answer now: back off and try again.</summary>
    Unavailable,

    /// <summary>A newer attempt has taken over: stop.</summary>
    Fenced,

    /// <summary>A stored file is damaged: name it and use an older checkpoint.</summary>
    Corrupt,

    /// <summary>A bug of Millrace: fail the subtask, which restarts from the last checkpoint.</summary>
    Bug,
}

/// <summary>The one exception that crosses projects; its message is a sentence for the user.</summary>
public class MillraceException : Exception
{
    public MillraceException(ErrorKind kind, string message) : base(message) => Kind = kind;

    public MillraceException(ErrorKind kind, string message, Exception? cause) : base(message, cause) =>
        Kind = kind;

    public ErrorKind Kind { get; }
}
