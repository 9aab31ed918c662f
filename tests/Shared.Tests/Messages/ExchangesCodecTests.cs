using FsCheck.Xunit;
using Google.Protobuf;
using Millrace.Shared.Messages;
using Xunit;

namespace Millrace.Shared.Tests.Messages;

public sealed class ExchangesCodecTests
{
    [Property]
    public void The_port_of_each_slot_comes_back(byte[] nodes)
    {
        string[] ports = [.. nodes.Select(n => $"10.0.0.{n % 5}:7000")];
        Assert.Equal(ports, ExchangesCodec.FromBytes(ExchangesCodec.ToBytes(ports)));
    }

    [Fact]
    public void Slots_of_one_process_need_no_ports()
    {
        Assert.Equal(ByteString.Empty, ExchangesCodec.ToBytes(["", "", ""]));
        Assert.Empty(ExchangesCodec.FromBytes(ByteString.Empty));
    }

    [Fact]
    public void A_port_is_sent_once_however_many_slots_it_has()
    {
        ByteString few = ExchangesCodec.ToBytes(Enumerable.Repeat("machine.example:7000", 10));
        ByteString many = ExchangesCodec.ToBytes(Enumerable.Repeat("machine.example:7000", 110));
        Assert.InRange(many.Length - few.Length, 1, 102);
    }
}
