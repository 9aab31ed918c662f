using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Shared.Hosting;
using Millrace.TaskManager.Exchange;
using Xunit;

namespace Millrace.TaskManager.Tests.Network;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-tls").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Records_flow_between_processes_of_one_certificate()
    {
        await using var pair = new ExchangePair(new ExchangeOptions { Tls = Certificate("a") });
        ChannelEnd<IChannelWriter> writer = pair.Writer(ExchangePair.Id(0));
        ChannelEnd<IChannelReader> reader = pair.Reader(ExchangePair.Id(0));
        for (int i = 0; i < 100; i++)
        {
            writer.End.Write(ExchangePair.Batch(new long[i * 100 + 1]));
            Assert.Equal(i * 100 + 1, reader.NextValues().Length);
        }
    }

    [Fact]
    public async Task A_process_without_certificate_or_with_another_one_is_refused()
    {
        await using var exchange = NetworkExchange.Start(new ExchangeOptions { Tls = Certificate("a") });
        foreach (TlsOptions? other in (TlsOptions?[])[null, Certificate("b")])
        {
            await using var from = NetworkExchange.Start(new ExchangeOptions { Tls = other });
            var writer = new ChannelEnd<IChannelWriter>((wake, lost) =>
                ((IExchange)from).OpenWriter(ExchangePair.Id(0), exchange.Address, wake, lost));
            writer.AwaitFailure();
            writer.End.Dispose();
        }
        Assert.Equal(0, exchange.OpenChannels);
    }

    [Fact]
    public async Task Garbage_is_closed_with_one_line()
    {
        var log = new LineLog();
        await using var exchange = NetworkExchange.Start(new ExchangeOptions { Tls = Certificate("a") }, log);
        using var stranger = new Socket(SocketType.Stream, ProtocolType.Tcp);
        stranger.Connect(IPEndPoint.Parse(exchange.Address));
        stranger.Send("GET / HTTP/1.1\r\n\r\n"u8);
        Condition.Await(() => log.Lines.Length > 0);
        Assert.Contains("Closed a connection from", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    private TlsOptions Certificate(string name)
    {
        string file = Path.Combine(_folder, $"{name}.p12");
        if (!File.Exists(file))
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest(
                $"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using X509Certificate2 made = request.CreateSelfSigned(
                DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
            File.WriteAllBytes(file, made.Export(X509ContentType.Pkcs12));
        }
        return new TlsOptions { CertificateFile = file };
    }
}
