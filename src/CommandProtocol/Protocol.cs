namespace Millrace.CommandProtocol;

/// <summary>
/// What <c>pbm</c> and a JobManager say to each other (docs/pbm.md). A frame is a length of 4 bytes,
/// big-endian, and so many bytes of UTF-8 JSON: an object with one member, whose name says what the frame is.
/// Members that are not known are ignored, so that both sides can grow.
/// </summary>
public static class Protocol
{
    /// <summary>Raised only where an older partner could not go on.</summary>
    public const int Version = 1;

    public const int DefaultPort = 9110;

    /// <summary>The first frame of a connection; nothing more is believed of a stranger.</summary>
    public const int MaxHelloBytes = 4 << 10;

    /// <summary>Any other frame to the server, unless the server has asked for a file.</summary>
    public const int MaxRequestBytes = 1 << 20;

    /// <summary>What a server may send: a long list of jobs, a large plan.</summary>
    public const int MaxAnswerBytes = 64 << 20;

    /// <summary>Digits of the id that is drawn once a command line.</summary>
    public const int RequestIdDigits = 32;
}
