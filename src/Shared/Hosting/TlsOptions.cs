namespace Millrace.Shared.Hosting;

/// <summary>
/// Mutual TLS: every node shows a certificate and accepts those of the others by thumbprint. All nodes of a
/// cluster use it or none does.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>A PKCS 12 file with the node's certificate and its key.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>A file whose first line is the password; null: see the variable.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The environment variable that holds the password; null and no file: no password.</summary>
    public string? PasswordVariable { get; init; }

    /// <summary>
    /// SHA-1 thumbprints of the certificates that are accepted; empty: only the node's own, so that all
    /// nodes share one.
    /// </summary>
    public IReadOnlyList<string> Thumbprints { get; init; } = [];
}
