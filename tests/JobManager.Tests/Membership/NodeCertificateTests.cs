using Millrace.Shared.Errors;
using Millrace.Shared.Hosting;
using Xunit;

namespace Millrace.JobManager.Tests.Membership;

public sealed class NodeCertificateTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void A_node_accepts_the_thumbprints_that_it_is_given_or_its_own()
    {
        TlsOptions ours = _certificates.New("ours");
        NodeCertificate own = NodeCertificate.Load(ours);
        NodeCertificate other = NodeCertificate.Load(_certificates.New("theirs"));
        NodeCertificate both = NodeCertificate.Load(
            ours with { Thumbprints = [own.Own.Thumbprint, other.Own.Thumbprint.ToLowerInvariant()] });
        Assert.True(own.Accepts(own.Own));
        Assert.False(own.Accepts(other.Own));
        Assert.False(own.Accepts(null));
        Assert.True(both.Accepts(own.Own));
        Assert.True(both.Accepts(other.Own));
    }

    [Fact]
    public void A_certificate_that_cannot_be_used_is_refused_in_a_sentence()
    {
        TlsOptions good = _certificates.New("good");
        Refused(good with { CertificateFile = _certificates.File("none.p12") }, "Could not find file");
        Refused(good with { PasswordFile = null }, "password may be incorrect");
        Refused(_certificates.New("bare", hasKey: false), "it has no private key");
        Refused(_certificates.New("old", TimeSpan.FromDays(-2), TimeSpan.FromDays(-1)), "it expired at ");
        Refused(_certificates.New("new", TimeSpan.FromDays(1), TimeSpan.FromDays(2)), "it is valid from ");
    }

    [Fact]
    public async Task A_node_does_not_start_with_a_certificate_that_has_expired()
    {
        TlsOptions old = _certificates.New("old", TimeSpan.FromDays(-2), TimeSpan.FromDays(-1));
        MillraceException refused = await Assert.ThrowsAsync<MillraceException>(
            () => TestNode.StartAsync(TestNode.JobManager() with { Tls = old }));
        Assert.Equal(ErrorKind.Invalid, refused.Kind);
    }

    private static void Refused(TlsOptions tls, string why)
    {
        MillraceException refused = Assert.Throws<MillraceException>(() => NodeCertificate.Load(tls));
        Assert.Equal(ErrorKind.Invalid, refused.Kind);
        Assert.StartsWith($"The certificate {tls.CertificateFile} cannot be used: ", refused.Message);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }
}
